import { measured } from '@/server/metrics.ts';
import { handleTrpc } from '@/server/trpc-route.ts';

export const dynamic = 'force-dynamic';
export const GET = measured('trpc', handleTrpc);
export const POST = measured('trpc', handleTrpc);
