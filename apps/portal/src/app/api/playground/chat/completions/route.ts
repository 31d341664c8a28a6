import { measured } from '@/server/metrics.ts';
import { handlePlayground } from '@/server/playground-route.ts';

export const dynamic = 'force-dynamic';
export const POST = measured('playground', handlePlayground);
