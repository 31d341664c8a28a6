import type { LiveEvent } from '@slipway/domain';
import { type Actor, can } from '@slipway/domain/access';
import { loadActor } from '@slipway/use-cases/access';
import { requireIdentity } from '../check-access.ts';
import { baseProcedure, router } from '../trpc.ts';
import { createQueue } from './queue.ts';

/** liveRouter tells a signed-in client what changed among the things it may see. */
export const liveRouter = router({
  /** events yields one {noun, id, teamId} for each change; `all` means that some may have been missed. */
  events: baseProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<LiveEvent> {
    const { userId } = requireIdentity(ctx.actor);
    let actor: Actor | null = ctx.actor;
    const queue = createQueue<LiveEvent>(signal);
    const unsubscribe = ctx.subscribe(queue.push);
    try {
      for await (const event of queue.items()) {
        // Roles and memberships may have changed: from now on they decide.
        if (event.noun === 'access') actor = await loadActor(ctx.deps, userId);
        if (actor === null) return;
        if (isVisible(event, actor)) yield event;
      }
    } finally {
      unsubscribe();
    }
  }),
});

function isVisible(event: LiveEvent, actor: Actor): boolean {
  const { teamId } = event;
  return teamId === null || can(actor, 'team:read') || actor.memberships.some((m) => m.teamId === teamId);
}
