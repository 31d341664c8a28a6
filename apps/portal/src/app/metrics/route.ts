import { handleMetrics } from '@/server/metrics.ts';

export const dynamic = 'force-dynamic';
export const GET = handleMetrics;
