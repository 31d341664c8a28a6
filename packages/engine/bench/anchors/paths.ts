import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** NODE_LLAMA_CPP_VERSION is the release whose llama.cpp both sides of every comparison run. */
export const NODE_LLAMA_CPP_VERSION = '3.22.1';

/** DEFAULT_ANCHORS is where the anchors are prepared; nothing of it is committed. */
export const DEFAULT_ANCHORS = path.join(tmpdir(), 'slipway-bench-anchors');

/** AnchorPaths are the places of the anchors inside their scratch directory. */
export interface AnchorPaths {
  root: string;
  /** source is llama.cpp's own, of the exact release. */
  source: string;
  objects: string;
  /** bin holds the tools with the prebuilt libraries beside them. */
  bin: string;
  batchedBench: string;
  llamaServer: string;
  llamaCompletion: string;
  /** nodeLlamaCpp is node-llama-cpp's entry module. */
  nodeLlamaCpp: string;
}

/** anchorPaths says where everything lies below `root`. */
export function anchorPaths(root: string): AnchorPaths {
  const bin = path.join(root, 'bin');
  return {
    root,
    source: path.join(root, 'llama.cpp'),
    objects: path.join(root, 'objects'),
    bin,
    batchedBench: path.join(bin, 'llama-batched-bench'),
    llamaServer: path.join(bin, 'llama-server'),
    llamaCompletion: path.join(bin, 'llama-completion'),
    nodeLlamaCpp: path.join(root, 'npm', 'node_modules', 'node-llama-cpp', 'dist', 'index.js'),
  };
}

/** prebuiltLibraries is the directory of the shared objects that our engine loads; the anchors are linked to the same. */
export function prebuiltLibraries(): string {
  const entry = createRequire(import.meta.url).resolve('@node-llama-cpp/linux-x64');
  return path.join(path.dirname(entry), '..', 'bins', 'linux-x64');
}
