import { COST_GROUPINGS, meteringContract, PRICE_KINDS } from '@slipway/domain/metering';
import { type Command, Option } from 'commander';
import { CliError } from '../client/cli-error.ts';
import { amount, money, parseMoney, time } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import type { Session } from '../session.ts';
import { act, type Runtime } from './define.ts';

const DAY_MS = 24 * 3_600_000;
/** DEFAULT_DAYS is the range when none is given. */
const DEFAULT_DAYS = 30;

interface CostOptions {
  from?: string;
  to?: string;
  by: (typeof COST_GROUPINGS)[number];
  all?: boolean;
  csv?: boolean;
}

/** registerMetering adds cost and prices. */
export function registerMetering(program: Command, runtime: Runtime): void {
  program
    .command('cost')
    .description('what was used and what it cost')
    .option('--from <day>', 'first day (default: 30 days back)')
    .option('--to <day>', 'last day (default: today)')
    .addOption(new Option('--by <what>').choices(COST_GROUPINGS).default('endpoint'))
    .option('--all', 'of all teams (for FinOps)')
    .option('--csv', 'exact amounts as CSV')
    .action(act<[], CostOptions>(runtime, (session, _args, options) => cost(runtime, session, options)));
  const prices = program.command('prices').description('the price book');
  prices
    .command('list')
    .option('--history', 'with prices that hold no more or not yet')
    .description('list prices')
    .action(
      act<[], { history?: boolean }>(runtime, async (session, _args, { history }) => {
        const answer = await session.call(meteringContract.listPrices, {});
        session.print(answer, () =>
          renderTable(
            answer.items.filter((price) => history || price.isCurrent),
            [
              { title: 'kind', value: (price) => price.kind },
              { title: 'for', value: (price) => price.flavor ?? price.model ?? 'all models' },
              { title: 'price', value: (price) => amount(price.amountMicros) },
              { title: 'unit', value: (price) => price.unit },
              { title: 'from', value: (price) => time(price.effectiveFrom) },
              { title: 'to', value: (price) => time(price.effectiveTo) },
              { title: 'by', value: (price) => price.setBy },
            ],
            'The price book is empty.',
          ),
        );
      }),
    );
  prices
    .command('set')
    .addOption(new Option('--kind <kind>').choices(PRICE_KINDS).makeOptionMandatory())
    .requiredOption('--amount <amount>', 'in the currency, per slot hour or per million tokens')
    .option('--flavor <flavor>', 'for slot_hour')
    .option('--model <team/model>', 'for tokens of one model only')
    .option('--from <time>', 'from when on (default: now)')
    .description('set a price from now or a later time on; the past keeps its price')
    .action(act<[], PriceOptions>(runtime, (session, _args, options) => setPrice(session, options)));
}

async function cost(runtime: Runtime, session: Session, options: CostOptions): Promise<void> {
  const now = runtime.now();
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const input = {
    team: options.all ? undefined : session.team(),
    from: options.from ?? day(new Date(now.getTime() - DEFAULT_DAYS * DAY_MS)),
    to: options.to ?? day(now),
    groupBy: options.by,
  };
  if (options.csv) {
    const { csv } = await session.call(meteringContract.exportCosts, input);
    session.io.out(csv.endsWith('\n') ? csv : `${csv}\n`);
    return;
  }
  const costs = await session.call(meteringContract.getCosts, input);
  session.print(costs, () => {
    const table = renderTable(
      costs.rows,
      [
        { title: options.by, value: (row) => row.label },
        { title: 'requests', value: (row) => row.requests },
        { title: 'prompt tokens', value: (row) => row.promptTokens },
        { title: 'completion tokens', value: (row) => row.completionTokens },
        { title: 'slot hours', value: (row) => (row.slotSeconds / 3_600).toFixed(2) },
        { title: 'tokens', value: (row) => money(row.tokenMicros) },
        { title: 'slots', value: (row) => money(row.slotMicros) },
        { title: 'total', value: (row) => money(row.totalMicros) },
      ],
      'Nothing was used in this time.',
    );
    return `${table}\n\nTotal from ${costs.from} to ${costs.to}: ${money(costs.totalMicros)} (before: ${money(costs.previousTotalMicros)})`;
  });
}

interface PriceOptions {
  kind: (typeof PRICE_KINDS)[number];
  amount: string;
  flavor?: string;
  model?: string;
  from?: string;
}

async function setPrice(session: Session, options: PriceOptions): Promise<void> {
  const { kind, flavor, model, from } = options;
  const effectiveFrom = from === undefined ? undefined : new Date(from);
  if (effectiveFrom && Number.isNaN(effectiveFrom.getTime())) {
    throw new CliError('usage', `"${from}" is not a time. Give it like 2026-12-01T00:00:00Z.`);
  }
  const price = await session.call(meteringContract.setPrice, {
    kind,
    flavor,
    model,
    amountMicros: parseMoney(options.amount),
    effectiveFrom: effectiveFrom?.toISOString(),
  });
  session.print(
    price,
    () => `${price.kind}: ${amount(price.amountMicros)} ${price.unit} from ${time(price.effectiveFrom)}.`,
  );
}
