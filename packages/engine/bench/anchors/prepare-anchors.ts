import { existsSync } from 'node:fs';
import { buildBatchedBench, buildCompletion, buildServer, copyLibraries } from './build-tools.ts';
import { UnavailableError } from './command.ts';
import { fetchSource, installNodeLlamaCpp } from './fetch-source.ts';
import { type AnchorPaths, anchorPaths } from './paths.ts';

/** AnchorName is one of the programs that our engine is compared with. */
export type AnchorName = 'batchedBench' | 'llamaServer' | 'llamaCompletion' | 'nodeLlamaCpp';

/** Anchors are those that this machine has; the others are missing with a reason. */
export interface Anchors {
  paths: AnchorPaths;
  missing: Map<AnchorName, string>;
}

const STEPS: readonly { name: AnchorName; prepare: (paths: AnchorPaths) => Promise<void> }[] = [
  { name: 'batchedBench', prepare: fromSource(buildBatchedBench) },
  { name: 'nodeLlamaCpp', prepare: installNodeLlamaCpp },
  { name: 'llamaCompletion', prepare: fromSource(buildCompletion) },
  { name: 'llamaServer', prepare: fromSource(buildServer) },
];

/** prepareAnchors brings every wanted anchor that this machine can have; what is there already stays as it is. */
export async function prepareAnchors(root: string, wanted: ReadonlySet<AnchorName>): Promise<Anchors> {
  const paths = anchorPaths(root);
  const missing = new Map<AnchorName, string>();
  for (const { name, prepare } of STEPS) {
    if (!wanted.has(name)) continue;
    try {
      if (existsSync(paths[name])) continue;
      console.error(`Preparing ${name} in ${root}`);
      await prepare(paths);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      console.error(`Without ${name}: ${error.message}`);
      missing.set(name, error.message);
    }
  }
  return { paths, missing };
}

function fromSource(build: (paths: AnchorPaths) => Promise<void>): (paths: AnchorPaths) => Promise<void> {
  return async (paths) => {
    await fetchSource(paths);
    copyLibraries(paths);
    await build(paths);
  };
}
