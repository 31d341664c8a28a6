import { SkeletonPage } from '@slipway/ui';

export default function Loading() {
  return <SkeletonPage label="Reading the page" />;
}
