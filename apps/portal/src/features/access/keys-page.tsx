'use client';
import { Button, Card, EmptyState, PageHeader, toast } from '@slipway/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Loaded } from '@/components/loaded.tsx';
import { useDialogParam } from '@/components/use-dialog-param.ts';
import { useCan } from '@/components/use-me.ts';
import { useTeamPage } from '@/components/use-team-page.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { KeySnippets } from './key-snippets.tsx';
import { KeyTable } from './key-table.tsx';

const CreateKeyDialog = dynamic(() => import('./create-key-dialog.tsx').then((file) => file.CreateKeyDialog));

/** KeysPage makes, lists and revokes the keys with which programs call a team's endpoints. */
export function KeysPage({ gatewayUrl }: { gatewayUrl: string }) {
  const { team, crumbs } = useTeamPage('API keys');
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const keys = useQuery(trpc.access.listApiKeys.queryOptions({ team: team.slug }));
  const canManage = useCan('key:manage', team.slug);
  const dialog = useDialogParam('create');
  const refresh = () => queryClient.invalidateQueries(trpc.access.pathFilter());
  const create = useMutation(trpc.access.createApiKey.mutationOptions({ onSuccess: refresh }));
  const revoke = useMutation(trpc.access.revokeApiKey.mutationOptions({ onSuccess: refresh }));
  const button = canManage ? (
    <Button variant="primary" onClick={() => dialog.onOpenChange(true)}>
      <Plus aria-hidden />
      Create API key
    </Button>
  ) : undefined;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={crumbs}
        title="API keys"
        description={`With a key, programs call the endpoints of team ${team.name} through the gateway, as they would call OpenAI.`}
        actions={button}
      />
      <Card isFlush>
        <Loaded query={keys} label="API keys">
          {({ items }) => (
            <KeyTable
              label="API keys"
              noun="API key"
              keys={items}
              canRevoke={canManage}
              empty={
                <EmptyState
                  icon={KeyRound}
                  title="No API keys yet"
                  description="Create one to call this team's endpoints from a program."
                  action={button}
                />
              }
              revoke={{
                isPending: revoke.isPending,
                error: revoke.error,
                run: (keyId, onDone) =>
                  revoke.mutate(
                    { team: team.slug, keyId },
                    {
                      onSuccess: () => {
                        toast('Key revoked');
                        onDone();
                      },
                    },
                  ),
              }}
            />
          )}
        </Loaded>
      </Card>
      {canManage && dialog.isOpen ? (
        <CreateKeyDialog
          title="Create API key"
          noun="API key"
          {...dialog}
          create={(values) => create.mutateAsync({ team: team.slug, ...values })}
        >
          {(secret) => <KeySnippets team={team.slug} secret={secret} gatewayUrl={gatewayUrl} />}
        </CreateKeyDialog>
      ) : null}
    </div>
  );
}
