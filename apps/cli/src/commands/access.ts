import { accessContract, TEAM_ROLES } from '@slipway/domain/access';
import { type Command, Option } from 'commander';
import { createCall } from '../client/call.ts';
import { CliError } from '../client/cli-error.ts';
import { time } from '../output/format.ts';
import { renderFields, renderTable } from '../output/table.ts';
import type { Session } from '../session.ts';
import { act, type Runtime } from './define.ts';

/** registerAccess adds login, whoami, teams and keys. */
export function registerAccess(program: Command, runtime: Runtime): void {
  program
    .command('login')
    .description('sign in and keep a personal access token in the configuration file')
    .option('--email <email>', 'asked for when absent')
    .option('--password-stdin', 'read the password from standard input')
    .action(act<[], { email?: string; passwordStdin?: boolean }>(runtime, login));
  program
    .command('logout')
    .description('forget the token and the keys of the configuration file')
    .action(
      act(runtime, async (session) => {
        await session.saveConfig({ token: undefined, email: undefined, team: undefined, apiKeys: {} });
        session.print({ isSignedIn: false }, () => 'Signed out.');
      }),
    );
  program
    .command('whoami')
    .description('show who is signed in and what they may do')
    .action(
      act(runtime, async (session) => {
        const me = await session.call(accessContract.me, {});
        const teams = me.teams.map((team) => `${team.slug} (${team.role ?? 'visible'})`).join(', ');
        session.print(me, () =>
          renderFields([
            ['e-mail', me.email],
            ['role', me.platformRole],
            ['teams', teams],
          ]),
        );
      }),
    );
  registerTeams(program, runtime);
  registerKeys(program, runtime);
}

async function login(session: Session, _args: [], options: { email?: string; passwordStdin?: boolean }): Promise<void> {
  const { io, url } = session;
  const email = options.email ?? (await io.readLine(`E-mail at ${url}: `));
  if (email === null || email === '') throw new CliError('usage', 'Give an e-mail address with --email.');
  const password = options.passwordStdin
    ? ((await io.readAll()) ?? '').replace(/\r?\n$/, '')
    : await io.readSecret('Password: ');
  if (password === '') throw new CliError('usage', 'The password is empty.');
  const signedIn = await session.callPublic(accessContract.login, { email, password, tokenName: 'cli' });
  await session.saveConfig({ url, token: signedIn.token, email: signedIn.email, team: undefined, apiKeys: {} });
  const team = await firstTeam(session, signedIn.token);
  if (team !== null) await session.saveConfig({ team });
  session.print({ email: signedIn.email, url, team, expiresAt: signedIn.expiresAt }, () => {
    const where = team === null ? 'Choose a team with `slipway teams use`.' : `Team: ${team}.`;
    return `Signed in as ${signedIn.email} until ${time(signedIn.expiresAt)}. ${where}`;
  });
}

async function firstTeam(session: Session, token: string): Promise<string | null> {
  const me = await createCall({ url: session.url, token })(accessContract.me, {});
  return (me.teams.find((team) => team.role !== null) ?? me.teams[0])?.slug ?? null;
}

function registerTeams(program: Command, runtime: Runtime): void {
  const teams = program.command('teams').description('teams and their members');
  teams
    .command('list')
    .option('--search <text>')
    .description('list the teams I can see')
    .action(
      act<[], { search?: string }>(runtime, async (session, _args, { search }) => {
        const answer = await session.call(accessContract.listTeams, { search });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'team', value: (team) => team.slug },
              { title: 'name', value: (team) => team.name },
              { title: 'my role', value: (team) => team.role ?? '-' },
              { title: 'members', value: (team) => team.memberCount },
            ],
            'There is no team yet. Create one with `slipway teams create <slug>`.',
          ),
        );
      }),
    );
  teams
    .command('create <slug>')
    .option('--name <name>', 'display name (default: the slug)')
    .description('create a team; you become its admin')
    .action(
      act<[string], { name?: string }>(runtime, async (session, [slug], { name }) => {
        const team = await session.call(accessContract.createTeam, { slug, name: name ?? slug });
        session.print(team, () => `Created team ${team.slug}.`);
      }),
    );
  teams
    .command('show [slug]')
    .description('show a team with members and open invitations')
    .action(
      act<[string | undefined]>(runtime, async (session, [slug]) => {
        const team = await session.call(accessContract.getTeam, { team: slug ?? session.team() });
        session.print(team, () =>
          renderTable(
            [
              ...team.members.map(({ email, role }) => ({ email, role, state: 'member' })),
              ...team.invitations.map(({ email, role }) => ({ email, role, state: 'invited' })),
            ],
            [
              { title: 'e-mail', value: (row) => row.email },
              { title: 'role', value: (row) => row.role },
              { title: 'state', value: (row) => row.state },
            ],
            `${team.slug} has no members.`,
          ),
        );
      }),
    );
  teams
    .command('invite <email>')
    .addOption(new Option('--role <role>').choices(TEAM_ROLES).default('team_member'))
    .description('invite a person; prints the link to send')
    .action(
      act<[string], { role: (typeof TEAM_ROLES)[number] }>(runtime, async (session, [email], { role }) => {
        const answer = await session.call(accessContract.inviteMember, { team: session.team(), email, role });
        session.print(answer, () => `${session.url}${answer.acceptPath}`);
      }),
    );
  teams
    .command('use <slug>')
    .description('make a team the default of this CLI')
    .action(
      act<[string]>(runtime, async (session, [slug]) => {
        const team = await session.call(accessContract.getTeam, { team: slug });
        await session.saveConfig({ team: team.slug });
        session.print({ team: team.slug }, () => `Using team ${team.slug}.`);
      }),
    );
}

function registerKeys(program: Command, runtime: Runtime): void {
  const keys = program.command('keys').description('API keys for the gateway');
  keys
    .command('create <name>')
    .option('--days <days>', 'days until it expires', '90')
    .description('create an API key; it is shown once')
    .action(
      act<[string], { days: string }>(runtime, async (session, [name], { days }) => {
        const input = { team: session.team(), name, expiresInDays: Number(days) };
        const answer = await session.call(accessContract.createApiKey, input);
        session.io.note(`Key "${name}" expires at ${time(answer.key.expiresAt)}. It is shown only this once:`);
        session.print(answer, () => answer.secret);
      }),
    );
  keys
    .command('list')
    .description("list the team's API keys")
    .action(
      act(runtime, async (session) => {
        const answer = await session.call(accessContract.listApiKeys, { team: session.team() });
        session.print(answer, () =>
          renderTable(
            answer.items,
            [
              { title: 'name', value: (key) => key.name },
              { title: 'key', value: (key) => `${key.prefix}…` },
              { title: 'status', value: (key) => key.status },
              { title: 'expires', value: (key) => time(key.expiresAt) },
              { title: 'last used', value: (key) => time(key.lastUsedAt) },
              { title: 'by', value: (key) => key.createdBy },
              { title: 'id', value: (key) => key.id },
            ],
            'The team has no API key yet. Create one with `slipway keys create <name>`.',
          ),
        );
      }),
    );
  keys
    .command('revoke <key>')
    .description('revoke an API key at once, by id, name or beginning')
    .action(
      act<[string]>(runtime, async (session, [reference]) => {
        const team = session.team();
        const { items } = await session.call(accessContract.listApiKeys, { team });
        const found = items.filter(({ id, name, prefix, status }) => {
          return id === reference || (status === 'ready' && (name === reference || reference.startsWith(prefix)));
        });
        const [key] = found;
        if (key === undefined) throw new CliError('not_found', `${team} has no working key "${reference}".`);
        if (found.length > 1)
          throw new CliError('usage', `${found.length} keys are called "${reference}": give the id.`);
        const revoked = await session.call(accessContract.revokeApiKey, { team, keyId: key.id });
        session.print(revoked, () => `Revoked key "${revoked.name}".`);
      }),
    );
}
