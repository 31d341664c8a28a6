import { handleAuth } from '@/server/auth-route.ts';
import { measured } from '@/server/metrics.ts';

export const GET = measured('auth', handleAuth);
export const POST = measured('auth', handleAuth);
