import { measured } from '@/server/metrics.ts';
import { handleUpload } from '@/server/upload-route.ts';

export const dynamic = 'force-dynamic';
const handle = measured('uploads', handleUpload);

export { handle as DELETE, handle as HEAD, handle as OPTIONS, handle as PATCH, handle as POST };
