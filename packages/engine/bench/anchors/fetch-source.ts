import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command } from './command.ts';
import { type AnchorPaths, NODE_LLAMA_CPP_VERSION } from './paths.ts';

/** fetchSource brings llama.cpp's source of the pinned release, which node-llama-cpp's npm package carries as a git bundle. */
export async function fetchSource(paths: AnchorPaths): Promise<void> {
  if (existsSync(path.join(paths.source, 'include', 'llama.h'))) return;
  mkdirSync(paths.root, { recursive: true });
  const tarball = path.join(paths.root, `node-llama-cpp-${NODE_LLAMA_CPP_VERSION}.tgz`);
  if (!existsSync(tarball)) await command('npm', ['pack', `node-llama-cpp@${NODE_LLAMA_CPP_VERSION}`], paths.root);
  const bundle = 'package/llama/gitRelease.bundle';
  await command('tar', ['-xzf', tarball, bundle], paths.root);
  // Cloned under another name first: an interrupted clone must not look like a source.
  const partial = `${paths.source}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await command('git', ['clone', '--quiet', path.join(paths.root, bundle), partial], paths.root);
  rmSync(paths.source, { recursive: true, force: true });
  renameSync(partial, paths.source);
}

/** installNodeLlamaCpp installs node-llama-cpp in a directory of its own; its prebuilt library comes as a dependency. */
export async function installNodeLlamaCpp(paths: AnchorPaths): Promise<void> {
  if (existsSync(paths.nodeLlamaCpp)) return;
  const directory = path.join(paths.root, 'npm');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  await command('npm', [...install, `node-llama-cpp@${NODE_LLAMA_CPP_VERSION}`], directory);
}
