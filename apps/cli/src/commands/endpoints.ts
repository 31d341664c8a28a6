import type { OutputOf } from '@slipway/domain';
import { servingContract } from '@slipway/domain/serving';
import { type Command, Option } from 'commander';
import { CliError } from '../client/cli-error.ts';
import { money } from '../output/format.ts';
import { renderFields, renderTable } from '../output/table.ts';
import type { Session } from '../session.ts';
import { act, type Runtime } from './define.ts';
import { findVersion } from './find.ts';
import { printLogs, waitUntil } from './follow.ts';
import { printPreflight } from './preflight.ts';

interface DeployOptions {
  model: string;
  replicas: string;
  slots: string;
  context: string;
  concurrency: string;
  flavor: string;
  visibility: 'team' | 'organisation';
  systemMessage?: string;
  wait?: boolean;
  dryRun?: boolean;
}

/** registerEndpoints adds deploy and endpoints. */
export function registerEndpoints(program: Command, runtime: Runtime): void {
  program
    .command('deploy <name>')
    .description('deploy a model version as an endpoint')
    .requiredOption('--model <version>', 'model, model:2, team/model:2 or an id')
    .option('--replicas <count>', 'engine processes', '1')
    .option('--slots <count>', 'slots of each replica', '1')
    .option('--context <tokens>', 'longest prompt plus answer', '2048')
    .option('--concurrency <count>', 'requests that a replica batches together', '8')
    .option('--flavor <flavor>', 'flavour', 'cpu')
    .addOption(new Option('--visibility <who>', 'who may call it').choices(['team', 'organisation']).default('team'))
    .option('--system-message <text>', 'sent before chats that have none')
    .option('--dry-run', 'only say what it would need and cost')
    .option('--wait', 'until it is ready')
    .action(
      act<[string], DeployOptions>(runtime, (session, [name], options) => deploy(runtime, session, { name, options })),
    );
  const endpoints = program.command('endpoints').description('endpoints and their replicas');
  registerLooks(endpoints, runtime);
  registerChanges(endpoints, runtime);
}

async function deploy(
  runtime: Runtime,
  session: Session,
  { name, options }: { name: string; options: DeployOptions },
): Promise<void> {
  const team = session.team();
  const input = {
    team,
    name,
    versionId: (await findVersion(session, options.model)).id,
    flavor: options.flavor,
    replicas: Number(options.replicas),
    slotsPerReplica: Number(options.slots),
    contextTokens: Number(options.context),
    maxConcurrency: Number(options.concurrency),
    visibility: options.visibility,
    systemMessage: options.systemMessage,
  };
  if (options.dryRun) return printPreflight(session, await session.call(servingContract.preflightEndpoint, input));
  const deployed = await session.call(servingContract.deployEndpoint, input);
  const endpoint = options.wait ? await readyEndpoint(runtime, session, name) : deployed;
  session.print(endpoint, () => describeEndpoint(endpoint));
}

function readyEndpoint(runtime: Runtime, session: Session, endpoint: string) {
  return waitUntil(runtime, session, {
    look: () => session.call(servingContract.getEndpoint, { team: session.team(), endpoint }),
    wanted: ['ready', 'paused'],
    ended: ['failed', 'cancelled'],
    describe: (seen) => `${seen.status} ${seen.readyReplicas}/${seen.desiredReplicas} ${seen.condition?.message ?? ''}`,
  });
}

function registerLooks(endpoints: Command, runtime: Runtime): void {
  endpoints
    .command('list')
    .option('--search <text>')
    .description("list the team's endpoints and those shared with everybody")
    .action(
      act<[], { search?: string }>(runtime, async (session, _args, { search }) => {
        const answer = await session.call(servingContract.listEndpoints, { team: session.team(), search });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'endpoint', value: (row) => `${row.team}/${row.name}` },
              { title: 'status', value: (row) => row.status },
              { title: 'ready', value: (row) => `${row.readyReplicas}/${row.desiredReplicas}` },
              { title: 'version', value: (row) => row.stable?.versionLabel ?? '-' },
              {
                title: 'canary',
                value: (row) => (row.canary ? `${row.canary.versionLabel} ${row.canary.weightPercent} %` : '-'),
              },
              { title: 'per hour', value: (row) => money(row.costMicrosPerHour) },
            ],
            'There is no endpoint yet. Deploy one with `slipway deploy <name> --model <model>`.',
          ),
        );
      }),
    );
  endpoints
    .command('show <endpoint>')
    .description('show an endpoint with revisions and replicas')
    .action(
      act<[string]>(runtime, async (session, [endpoint]) => {
        const answer = await session.call(servingContract.getEndpoint, { team: session.team(), endpoint });
        session.print(answer, () => {
          const replicas = renderTable(
            answer.replicas,
            [
              { title: 'replica', value: (row) => `rev${row.revision}/${row.ordinal}` },
              { title: 'status', value: (row) => row.status },
              { title: 'restarts', value: (row) => row.restarts },
              { title: 'why', value: (row) => row.condition?.message ?? '-' },
            ],
            'It has no replica now.',
          );
          return `${describeEndpoint(answer)}\nbase URL  ${answer.baseUrl}\n\n${replicas}`;
        });
      }),
    );
  endpoints
    .command('logs <endpoint>')
    .option('-f, --follow', 'go on until interrupted')
    .description("print the log of an endpoint's replicas")
    .action(
      act<[string], { follow?: boolean }>(runtime, async (session, [endpoint], { follow }) => {
        const team = session.team();
        await printLogs(runtime, session, {
          isFollowing: follow === true,
          read: (after) => session.call(servingContract.getEndpointLogs, { team, endpoint, after }),
          isOver: async () => false,
        });
      }),
    );
}

function registerChanges(endpoints: Command, runtime: Runtime): void {
  endpoints
    .command('scale <endpoint> <replicas>')
    .option('--wait', 'until it is so')
    .description('set the number of replicas; 0 pauses it')
    .action(
      act<[string, string], { wait?: boolean }>(runtime, async (session, [endpoint, replicas], { wait }) => {
        const input = { team: session.team(), endpoint, replicas: Number(replicas) };
        const scaled = await session.call(servingContract.scaleEndpoint, input);
        const answer = wait ? await readyEndpoint(runtime, session, endpoint) : scaled;
        session.print(answer, () => describeEndpoint(answer));
      }),
    );
  endpoints
    .command('delete <endpoint>')
    .option('--yes', 'do not ask')
    .description('delete an endpoint')
    .action(
      act<[string], { yes?: boolean }>(runtime, async (session, [endpoint], { yes }) => {
        const typed = yes ? endpoint : await session.io.readLine(`Type ${endpoint} to delete it: `);
        if (typed !== endpoint) throw new CliError('usage', 'Nothing was deleted. Repeat the name, or give --yes.');
        await session.call(servingContract.deleteEndpoint, { team: session.team(), endpoint, confirm: endpoint });
        session.print({ deleted: endpoint }, () => `Deleted ${endpoint}.`);
      }),
    );
}

type Endpoint = OutputOf<typeof servingContract.deployEndpoint>;
const describeEndpoint = (endpoint: Endpoint) =>
  renderFields([
    ['endpoint', `${endpoint.team}/${endpoint.name}`],
    ['model id', endpoint.modelId],
    ['status', endpoint.condition === null ? endpoint.status : `${endpoint.status}: ${endpoint.condition.message}`],
    ['ready', `${endpoint.readyReplicas} of ${endpoint.desiredReplicas} replicas`],
    ['version', endpoint.stable?.versionLabel ?? null],
    ['canary', endpoint.canary ? `${endpoint.canary.versionLabel} at ${endpoint.canary.weightPercent} %` : null],
    ['system message', endpoint.stable?.systemMessage ?? null],
    ['slots', `${endpoint.slots} ${endpoint.flavor}`],
    ['per hour', money(endpoint.costMicrosPerHour)],
  ]);
