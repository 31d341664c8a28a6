import type { OutputOf } from '@slipway/domain';
import { rolloutContract } from '@slipway/domain/rollout';
import type { Command } from 'commander';
import { decimal, percent, time } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { act, type Runtime } from './define.ts';
import { findVersion } from './find.ts';

type Rollout = OutputOf<typeof rolloutContract.startCanary>;

/** registerRollout adds rollout: start, status, set, promote, rollback. */
export function registerRollout(program: Command, runtime: Runtime): void {
  const rollout = program.command('rollout').description('canaries');
  rollout
    .command('start <endpoint>')
    .requiredOption('--model <version>', 'model, model:2, team/model:2 or an id')
    .option('--percent <percent>', 'share of traffic', '10')
    .option('--replicas <count>', 'replicas of the canary', '1')
    .description('put a version beside the stable one')
    .action(
      act<[string], { model: string; percent: string; replicas: string }>(
        runtime,
        async (session, [endpoint], options) => {
          const started = await session.call(rolloutContract.startCanary, {
            team: session.team(),
            endpoint,
            versionId: (await findVersion(session, options.model)).id,
            percent: Number(options.percent),
            replicas: Number(options.replicas),
          });
          session.print(started, () => describe(started));
        },
      ),
    );
  rollout
    .command('status <endpoint>')
    .description('compare canary and stable')
    .action(
      act<[string]>(runtime, async (session, [endpoint]) => {
        const answer = await session.call(rolloutContract.getRollout, { team: session.team(), endpoint });
        const none = 'No canary is running. Start one with `slipway rollout start`.';
        session.print(answer, () => (answer.rollout === null ? none : describe(answer.rollout)));
      }),
    );
  rollout
    .command('set <endpoint> <percent>')
    .description("change the canary's share of traffic")
    .action(
      act<[string, string]>(runtime, async (session, [endpoint, share]) => {
        const input = { team: session.team(), endpoint, percent: Number(share) };
        const changed = await session.call(rolloutContract.setCanaryPercent, input);
        session.print(changed, () => describe(changed));
      }),
    );
  for (const [name, contract, done] of [
    ['promote', rolloutContract.promoteCanary, 'All traffic goes to'],
    ['rollback', rolloutContract.rollbackCanary, 'All traffic goes back to'],
  ] as const) {
    rollout
      .command(`${name} <endpoint>`)
      .option('--comment <text>')
      .description(contract.summary)
      .action(
        act<[string], { comment?: string }>(runtime, async (session, [endpoint], { comment }) => {
          const ended = await session.call(contract, { team: session.team(), endpoint, comment });
          const winner = name === 'promote' ? ended.canary : ended.stable;
          session.print(ended, () => `${done} ${winner.versionLabel}.`);
        }),
      );
  }
}

function describe(rollout: Rollout): string {
  const table = renderTable(
    [
      { name: 'stable', ...rollout.stable },
      { name: 'canary', ...rollout.canary },
    ],
    [
      { title: '', value: (row) => row.name },
      { title: 'version', value: (row) => row.versionLabel },
      { title: 'traffic', value: (row) => `${row.weightPercent} %` },
      { title: 'ready', value: (row) => `${row.readyReplicas}/${row.desiredReplicas}` },
      { title: 'requests', value: (row) => row.stats.requests },
      { title: 'errors', value: (row) => percent(row.stats.errorRate) },
      { title: 'ttft p50 ms', value: (row) => decimal(row.stats.ttftP50Ms, 0) },
      { title: 'ttft p95 ms', value: (row) => decimal(row.stats.ttftP95Ms, 0) },
      { title: 'latency p50 ms', value: (row) => decimal(row.stats.latencyP50Ms, 0) },
      { title: 'latency p95 ms', value: (row) => decimal(row.stats.latencyP95Ms, 0) },
    ],
    '',
  );
  return `${rollout.endpoint}: ${rollout.status} since ${time(rollout.startedAt)}\n\n${table}`;
}
