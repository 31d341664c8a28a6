'use client';
import { Button, Card, EmptyState, Link } from '@slipway/ui';
import { UsersRound } from 'lucide-react';
import { useCan } from '@/components/use-me.ts';

/** NoTeam says what somebody in no team does next. */
export function NoTeam() {
  const canCreate = useCan('team:create');
  return (
    <Card>
      <EmptyState
        icon={UsersRound}
        title="You are in no team yet"
        description={
          canCreate
            ? 'Create a team and invite its people.'
            : 'Ask a team admin to invite you: models, endpoints and quota belong to teams.'
        }
        action={
          canCreate ? (
            <Button asChild variant="primary">
              <Link href="/admin/teams?create=true">Create team</Link>
            </Button>
          ) : undefined
        }
      />
    </Card>
  );
}
