import type { OutputOf } from '@slipway/domain';
import { trainingContract } from '@slipway/domain/training';
import type { Command } from 'commander';
import { CliError } from '../client/cli-error.ts';
import { bytes, decimal, money, percent, time } from '../output/format.ts';
import { renderFields, renderTable } from '../output/table.ts';
import type { Session } from '../session.ts';
import { act, type Runtime } from './define.ts';
import { findDataset, findRunId, findVersion } from './find.ts';
import { printLogs, waitUntil } from './follow.ts';
import { upload } from './models.ts';
import { printPreflight } from './preflight.ts';

const OVER = ['succeeded', 'failed', 'cancelled', 'expired'] as const;

interface TrainOptions {
  base: string;
  dataset: string;
  output: string;
  template: string;
  epochs?: string;
  learningRate?: string;
  param: string[];
  flavor: string;
  slots: string;
  timeLimit: string;
  wait?: boolean;
  dryRun?: boolean;
}

/** registerTraining adds datasets, train and runs. */
export function registerTraining(program: Command, runtime: Runtime): void {
  registerDatasets(program, runtime);
  program
    .command('train <name>')
    .description('launch a fine-tune')
    .requiredOption('--base <version>', 'model, model:2, team/model:2 or an id')
    .requiredOption('--dataset <dataset>', 'name or id')
    .requiredOption('--output <model>', 'model that gets the new version')
    .option('--template <template>', 'golden path', 'fine-tune-small-lm')
    .option('--epochs <count>')
    .option('--learning-rate <rate>')
    .option('--param <name=value>', 'another parameter of the template, repeatable', collect, [])
    .option('--flavor <flavor>', 'flavour', 'cpu')
    .option('--slots <count>', 'slots', '1')
    .option('--time-limit <minutes>', 'minutes after which it is stopped', '60')
    .option('--dry-run', 'only say what it would need and cost')
    .option('--wait', 'until it is over')
    .action(
      act<[string], TrainOptions>(runtime, (session, [name], options) => train(runtime, session, { name, options })),
    );
  registerRuns(program, runtime);
}

const collect = (value: string, before: string[]) => [...before, value];

async function train(
  runtime: Runtime,
  session: Session,
  { name, options }: { name: string; options: TrainOptions },
): Promise<void> {
  const team = session.team();
  const input = {
    team,
    name,
    template: options.template,
    baseVersionId: (await findVersion(session, options.base)).id,
    datasetId: (await findDataset(session, options.dataset)).id,
    outputModel: options.output,
    flavor: options.flavor,
    slots: Number(options.slots),
    timeLimitMinutes: Number(options.timeLimit),
    params: toParams(options),
  };
  if (options.dryRun) return printPreflight(session, await session.call(trainingContract.preflightTraining, input));
  const launched = await session.call(trainingContract.launchTraining, input);
  const run = options.wait
    ? await waitUntil(runtime, session, {
        look: () => session.call(trainingContract.getRun, { team, runId: launched.id }),
        wanted: ['succeeded'],
        ended: ['failed', 'cancelled', 'expired'],
        describe: (seen) => `${seen.status} ${percent(seen.progress)}, validation loss ${decimal(seen.validationLoss)}`,
      })
    : launched;
  session.print(run, () => describeRun(run));
}

function toParams({ epochs, learningRate, param }: TrainOptions): Record<string, unknown> {
  const given = Object.fromEntries(
    param.map((text) => {
      const [name, ...value] = text.split('=');
      if (!name || value.length === 0) throw new CliError('usage', `"${text}" is not name=value.`);
      return [name, numberOrText(value.join('='))];
    }),
  );
  return {
    ...(epochs === undefined ? {} : { epochs: Number(epochs) }),
    ...(learningRate === undefined ? {} : { learningRate: Number(learningRate) }),
    ...given,
  };
}

const numberOrText = (value: string) => (value !== '' && Number.isFinite(Number(value)) ? Number(value) : value);

function registerDatasets(program: Command, runtime: Runtime): void {
  const datasets = program.command('datasets').description('texts to train on');
  datasets
    .command('list')
    .option('--search <text>')
    .description("list the team's data sets")
    .action(
      act<[], { search?: string }>(runtime, async (session, _args, { search }) => {
        const answer = await session.call(trainingContract.listDatasets, { team: session.team(), search });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'name', value: (row) => row.name },
              { title: 'format', value: (row) => row.format },
              { title: 'lines', value: (row) => row.lineCount },
              { title: 'size', value: (row) => bytes(row.sizeBytes) },
              { title: 'created', value: (row) => time(row.createdAt) },
              { title: 'id', value: (row) => row.id },
            ],
            'The team has no data set yet. Make one with `slipway datasets create <name> --file <path>`.',
          ),
        );
      }),
    );
  datasets
    .command('create <name>')
    .option('--file <path>', 'upload a text or JSON lines file')
    .option('--text <text>', 'the text itself; `-` reads standard input')
    .description('make a data set')
    .action(
      act<[string], { file?: string; text?: string }>(runtime, async (session, [name], { file, text }) => {
        if ((file === undefined) === (text === undefined)) throw new CliError('usage', 'Give --file or --text.');
        const source =
          file === undefined
            ? { kind: 'text' as const, text: text === '-' ? ((await session.io.readAll()) ?? '') : (text ?? '') }
            : { kind: 'upload' as const, uploadId: await upload(session, file, 'dataset') };
        const dataset = await session.call(trainingContract.createDataset, { team: session.team(), name, source });
        session.print(dataset, () => `Made data set ${dataset.name} with ${dataset.lineCount} lines.`);
      }),
    );
}

function registerRuns(program: Command, runtime: Runtime): void {
  const runs = program.command('runs').description('training runs');
  runs
    .command('list')
    .option('--limit <count>', 'at most so many', '50')
    .description("list the team's runs, newest first")
    .action(
      act<[], { limit: string }>(runtime, async (session, _args, { limit }) => {
        const answer = await session.call(trainingContract.listRuns, { team: session.team(), limit: Number(limit) });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'run', value: (run) => run.name },
              { title: 'status', value: (run) => run.status },
              { title: 'progress', value: (run) => percent(run.progress) },
              { title: 'base', value: (run) => run.baseLabel },
              { title: 'validation loss', value: (run) => decimal(run.validationLoss) },
              { title: 'result', value: (run) => run.outputLabel ?? '-' },
              { title: 'cost', value: (run) => money(run.costMicros) },
              { title: 'created', value: (run) => time(run.createdAt) },
            ],
            'The team has no run yet. Launch one with `slipway train`.',
          ),
        );
      }),
    );
  runs
    .command('show <run>')
    .description('show a run with its steps')
    .action(
      act<[string]>(runtime, async (session, [reference]) => {
        const runId = await findRunId(session, reference);
        const run = await session.call(trainingContract.getRun, { team: session.team(), runId });
        const steps = run.steps.map(({ step, status, message }) => `${step}: ${status} ${message}`.trim());
        session.print(run, () => [describeRun(run), '', ...steps].join('\n'));
      }),
    );
  runs
    .command('logs <run>')
    .option('-f, --follow', 'until the run is over')
    .description('print the log of a run')
    .action(
      act<[string], { follow?: boolean }>(runtime, async (session, [reference], { follow }) => {
        const team = session.team();
        const runId = await findRunId(session, reference);
        await printLogs(runtime, session, {
          isFollowing: follow === true,
          read: (after) => session.call(trainingContract.getRunLogs, { team, runId, after }),
          isOver: async () => {
            const { status } = await session.call(trainingContract.getRun, { team, runId });
            return OVER.some((word) => word === status);
          },
        });
      }),
    );
  runs
    .command('cancel <run>')
    .option('--reason <text>')
    .description('cancel a run')
    .action(
      act<[string], { reason?: string }>(runtime, async (session, [reference], { reason }) => {
        const runId = await findRunId(session, reference);
        const run = await session.call(trainingContract.cancelRun, { team: session.team(), runId, reason });
        session.print(run, () => `Cancelling ${run.name}.`);
      }),
    );
}

type Run = OutputOf<typeof trainingContract.launchTraining>;
const describeRun = (run: Run) =>
  renderFields([
    ['run', run.name],
    ['status', run.condition === null ? run.status : `${run.status}: ${run.condition.message}`],
    ['progress', percent(run.progress)],
    ['base', run.baseLabel],
    ['data set', run.datasetName],
    ['train loss', decimal(run.trainLoss)],
    ['validation loss', `${decimal(run.validationLoss)} (at first ${decimal(run.initialValidationLoss)})`],
    ['result', run.outputLabel],
    ['cost', money(run.costMicros)],
    ['id', run.id],
  ]);
