'use client';
import { Button, Card, PageHeader } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Loaded } from '@/components/loaded.tsx';
import { useDialogParam } from '@/components/use-dialog-param.ts';
import { useCan } from '@/components/use-me.ts';
import { useTeamPage } from '@/components/use-team-page.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { InvitationTable } from './invitation-table.tsx';
import { MemberTable } from './member-table.tsx';

const InviteDialog = dynamic(() => import('./invite-dialog.tsx').then((file) => file.InviteDialog));

/** MembersPage shows who is in a team and who is invited. */
export function MembersPage() {
  const { team, crumbs } = useTeamPage('Members');
  const trpc = useTRPC();
  const query = useQuery(trpc.access.getTeam.queryOptions({ team: team.slug }));
  const canManage = useCan('team:manage', team.slug);
  const invite = useDialogParam('invite');
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={crumbs}
        title="Members"
        description={`Who works in team ${team.name}. Team admins invite people and change roles.`}
        actions={
          canManage ? (
            <Button variant="primary" onClick={() => invite.onOpenChange(true)}>
              <UserPlus aria-hidden />
              Invite person
            </Button>
          ) : undefined
        }
      />
      <Loaded query={query} label="members">
        {({ members, invitations }) => (
          <>
            <Card isFlush>
              <MemberTable team={team.slug} members={members} canManage={canManage} />
            </Card>
            {invitations.length === 0 ? null : (
              <Card isFlush title="Invitations" description="A link is shown once, when the invitation is made.">
                <InvitationTable team={team.slug} invitations={invitations} canManage={canManage} />
              </Card>
            )}
          </>
        )}
      </Loaded>
      {canManage && invite.isOpen ? <InviteDialog team={team.slug} {...invite} /> : null}
    </div>
  );
}
