// Runs on the machine's own Node (20 or newer) before anything is installed, so it uses nothing but Node.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** root is the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PNPM = 'pnpm@12.21.0';
const stampFile = join(root, 'node_modules', '.slipway-install');

/** fail ends the process with one sentence that names the remedy. */
export function fail(sentence) {
  process.stderr.write(`\n${sentence}\n`);
  process.exit(1);
}

/** installOnce brings node_modules to the lock file's state; it costs nothing when nothing changed. */
export async function installOnce() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    fail(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  await step('Installing packages', async () => {
    // The registry can drop a connection; pnpm resumes from what it already has.
    for (let attempt = 1; ; attempt++) {
      const result = await output('npx', ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only']);
      if (result.code === 0) break;
      if (attempt === 3)
        fail(
          `Installing packages failed. Check that this machine reaches its npm registry, then try again.\n${tail(result.text)}`,
        );
    }
  });
  writeFileSync(stampFile, wanted);
}

/** nodeBinary is the pinned Node of the project, or this one where it is new enough to run TypeScript as it stands. */
export function nodeBinary() {
  for (const name of ['node-lts', 'node-lts-arm64']) {
    const path = join(root, 'node_modules', name, 'bin', 'node');
    if (existsSync(path)) return path;
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(`No Node 24 for ${process.platform}-${process.arch} in the project: install Node 24 and start again.`);
}

/** runMain runs a TypeScript program of this folder on the pinned Node and ends with its exit code; the two end together. */
export async function runMain(program, args) {
  const child = spawn(nodeBinary(), [join(root, 'infra', 'local', program), ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // A terminal's Ctrl-C reaches the whole group; the child alone decides how to end.
    env: {
      ...process.env,
      PATH: `${dirname(nodeBinary())}:${process.env.PATH ?? ''}`,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  watchNpm(() => child.kill('SIGTERM'));
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** step shows a line for work that takes time, with a running clock where a person looks. */
export async function step(title, work) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const isTty = process.stdout.isTTY;
  process.stdout.write(isTty ? `  ${title} …` : `  ${title} …\n`);
  const timer = isTty ? setInterval(() => process.stdout.write(`\r  ${title} … ${seconds()}`), 200) : undefined;
  const result = await work();
  clearInterval(timer);
  process.stdout.write(`${isTty ? '\r' : ''}  ${title}: ${seconds()}${isTty ? '      ' : ''}\n`);
  return result;
}

/** watchNpm ends what npm started when npm itself is killed without a chance to say so. */
function watchNpm(onGone) {
  const npmPid = npmAncestor();
  if (npmPid === null) return;
  setInterval(() => {
    try {
      process.kill(npmPid, 0);
    } catch {
      onGone();
    }
  }, 1000).unref();
}

function npmAncestor() {
  if (process.env.npm_lifecycle_event === undefined || process.platform !== 'linux') return null;
  for (let pid = process.ppid; pid > 1; ) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    if (stat.includes('(npm ')) return pid;
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  return null;
}

function output(command, args) {
  return new Promise((resolve) => {
    let text = '';
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    child.once('error', (error) => resolve({ code: 1, text: String(error) }));
    child.once('close', (code) => resolve({ code, text }));
  });
}

function tail(text) {
  return text.trim().split('\n').slice(-12).join('\n');
}
