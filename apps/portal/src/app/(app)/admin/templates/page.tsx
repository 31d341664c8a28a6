import { TemplatesPage } from '@/features/catalog/templates-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Templates' };

export default async function Page() {
  await load(trpc.catalog.listTemplates.queryOptions({}));
  return (
    <Hydrate>
      <TemplatesPage />
    </Hydrate>
  );
}
