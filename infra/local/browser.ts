import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { step } from './bootstrap.mjs';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** installBrowser finds a Chromium, or installs Debian's where this process may. Throws what to do when there is none. */
export async function installBrowser(): Promise<string> {
  const found = CANDIDATES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await step('Installing Chromium', async () => {
      spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
      spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
        stdio: 'ignore',
      });
    });
    const installed = CANDIDATES.find((path) => existsSync(path));
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'The journeys need a browser: install Chromium (Debian: apt-get install chromium) and run npm test again.',
  );
}
