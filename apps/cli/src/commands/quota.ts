import { QUOTA_REQUEST_STATUSES, quotaContract } from '@slipway/domain/quota';
import { type Command, Option } from 'commander';
import { money, time } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { act, type Runtime } from './define.ts';

type RequestStatus = (typeof QUOTA_REQUEST_STATUSES)[number];
interface RequestOptions {
  flavor: string;
  slots: string;
  hours: string;
  purpose: string;
}

/** registerQuota adds quota: show, request, list, approve, reject, cancel. */
export function registerQuota(program: Command, runtime: Runtime): void {
  const quota = program.command('quota').description('slots of a flavour: ask, decide, look');
  quota
    .command('show')
    .description('show what the team is granted and uses')
    .action(
      act(runtime, async (session) => {
        const answer = await session.call(quotaContract.getTeamQuota, { team: session.team() });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'flavour', value: (row) => row.flavor },
              { title: 'model', value: (row) => row.flavorModel },
              { title: 'granted', value: (row) => row.grantedSlots },
              { title: 'used', value: (row) => row.usedSlots },
              { title: 'free', value: (row) => row.availableSlots },
              { title: 'slot hour', value: (row) => money(row.priceMicrosPerSlotHour) },
            ],
            'The team has no quota yet. Ask with `slipway quota request`.',
          ),
        );
      }),
    );
  quota
    .command('request')
    .description('ask for slots of a flavour for a purpose and a time')
    .option('--flavor <name>', 'flavour', 'cpu')
    .requiredOption('--slots <count>', 'how many slots')
    .option('--hours <hours>', 'for how long', '720')
    .requiredOption('--purpose <text>', 'what it is for')
    .action(
      act<[], RequestOptions>(runtime, async (session, _args, { flavor, slots, hours, purpose }) => {
        const request = await session.call(quotaContract.requestQuota, {
          team: session.team(),
          flavor,
          slots: Number(slots),
          durationHours: Number(hours),
          purpose,
        });
        session.print(
          request,
          () => `Requested ${request.slots} ${request.flavor} slots: ${request.id} is ${request.status}.`,
        );
      }),
    );
  registerList(quota, runtime);
  registerDecisions(quota, runtime);
}

function registerList(quota: Command, runtime: Runtime): void {
  quota
    .command('list')
    .description("list the team's requests, or those of all teams")
    .option('--all', 'of all teams (for those who decide)')
    .addOption(new Option('--status <status>').choices(QUOTA_REQUEST_STATUSES))
    .option('--limit <count>', 'at most so many', '50')
    .action(
      act<[], { all?: boolean; status?: RequestStatus; limit: string }>(runtime, async (session, _args, options) => {
        const page = { status: options.status, limit: Number(options.limit) };
        const answer = options.all
          ? await session.call(quotaContract.listQuotaRequests, page)
          : await session.call(quotaContract.listTeamQuotaRequests, { team: session.team(), ...page });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'id', value: (row) => row.id },
              { title: 'team', value: (row) => row.team },
              { title: 'flavour', value: (row) => row.flavor },
              { title: 'slots', value: (row) => row.slots },
              { title: 'hours', value: (row) => row.durationHours },
              { title: 'status', value: (row) => row.status },
              { title: 'by', value: (row) => row.requestedBy },
              { title: 'at', value: (row) => time(row.requestedAt) },
              { title: 'purpose', value: (row) => row.purpose },
            ],
            'There is no such request.',
          ),
        );
      }),
    );
}

function registerDecisions(quota: Command, runtime: Runtime): void {
  quota
    .command('approve <request>')
    .description('approve a request, as asked or with other slots or time')
    .option('--comment <text>')
    .option('--slots <count>')
    .option('--hours <hours>')
    .action(
      act<[string], { comment?: string; slots?: string; hours?: string }>(
        runtime,
        async (session, [requestId], options) => {
          const { comment, slots, hours } = options;
          const request = await session.call(quotaContract.approveQuotaRequest, {
            requestId,
            comment,
            slots: slots === undefined ? undefined : Number(slots),
            durationHours: hours === undefined ? undefined : Number(hours),
          });
          session.print(request, () => `Approved: ${request.team} has ${request.slots} more ${request.flavor} slots.`);
        },
      ),
    );
  quota
    .command('reject <request>')
    .description('reject a request with a comment')
    .requiredOption('--comment <text>', 'why')
    .action(
      act<[string], { comment: string }>(runtime, async (session, [requestId], { comment }) => {
        const request = await session.call(quotaContract.rejectQuotaRequest, { requestId, comment });
        session.print(request, () => `Rejected the request of ${request.team}.`);
      }),
    );
  quota
    .command('cancel <request>')
    .description('withdraw a pending request')
    .action(
      act<[string]>(runtime, async (session, [requestId]) => {
        const request = await session.call(quotaContract.cancelQuotaRequest, { team: session.team(), requestId });
        session.print(request, () => 'Withdrawn.');
      }),
    );
}
