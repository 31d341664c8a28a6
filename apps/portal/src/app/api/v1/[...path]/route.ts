import { measured } from '@/server/metrics.ts';
import { handleRestRequest } from '@/server/rest-route.ts';

export const dynamic = 'force-dynamic';
const handle = measured('rest', handleRestRequest);

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
