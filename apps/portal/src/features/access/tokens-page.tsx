'use client';
import { Button, Card, CodeBlock, EmptyState, PageHeader, toast } from '@slipway/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Loaded } from '@/components/loaded.tsx';
import { useDialogParam } from '@/components/use-dialog-param.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { KeyTable } from './key-table.tsx';

const CreateKeyDialog = dynamic(() => import('./create-key-dialog.tsx').then((file) => file.CreateKeyDialog));

/** TokensPage makes, lists and revokes one's personal access tokens. */
export function TokensPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tokens = useQuery(trpc.access.listAccessTokens.queryOptions({}));
  const dialog = useDialogParam('create');
  const refresh = () => queryClient.invalidateQueries(trpc.access.pathFilter());
  const create = useMutation(trpc.access.createAccessToken.mutationOptions({ onSuccess: refresh }));
  const revoke = useMutation(trpc.access.revokeAccessToken.mutationOptions({ onSuccess: refresh }));
  const button = (
    <Button variant="primary" onClick={() => dialog.onOpenChange(true)}>
      <Plus aria-hidden />
      Create access token
    </Button>
  );
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Settings' }, { label: 'Access tokens' }]}
        title="Access tokens"
        description="A token acts as you on the command line and the REST API: it may do what you may do."
        actions={button}
      />
      <Card isFlush>
        <Loaded query={tokens} label="access tokens">
          {({ items }) => (
            <KeyTable
              label="Access tokens"
              noun="access token"
              keys={items}
              canRevoke
              empty={
                <EmptyState
                  icon={KeyRound}
                  title="No access tokens yet"
                  description="Create one for scripts, or let `slipway login` make it."
                  action={button}
                />
              }
              revoke={{
                isPending: revoke.isPending,
                error: revoke.error,
                run: (tokenId, onDone) =>
                  revoke.mutate(
                    { tokenId },
                    {
                      onSuccess: () => {
                        toast('Token revoked');
                        onDone();
                      },
                    },
                  ),
              }}
            />
          )}
        </Loaded>
      </Card>
      {dialog.isOpen ? (
        <CreateKeyDialog
          title="Create access token"
          noun="access token"
          {...dialog}
          create={(values) => create.mutateAsync(values)}
        >
          {(secret) => (
            <CodeBlock
              label="curl example"
              code={`curl ${window.location.origin}/api/v1/me \\\n  -H "Authorization: Bearer ${secret}"`}
            />
          )}
        </CreateKeyDialog>
      ) : null}
    </div>
  );
}
