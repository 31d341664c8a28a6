import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listSources, root } from './sources.ts';

// A file of 300 lines is long; beyond this limit nobody reads it whole.
const FILE_LINES = 450;
// A route only prefetches and renders a feature's page.
const ROUTE_LINES = 40;
// Purpose, entry points, who may import it, and where to add things.
const PACKAGE_README_LINES = 40;

/** EXCEPTIONS are files that may be longer, each with its reason. */
const EXCEPTIONS: Record<string, string> = {};

/** checkSizes lists the files that are longer than the house allows. */
export function checkSizes(): string[] {
  return listSources().flatMap((path) => {
    const limit = limitOf(path);
    if (limit === null || path in EXCEPTIONS) return [];
    const lines = readFileSync(join(root, path), 'utf8').split('\n').length - 1;
    return lines > limit ? [`${path} has ${lines} lines, at most ${limit}`] : [];
  });
}

function limitOf(path: string): number | null {
  if (/^packages\/[^/]+\/README\.md$|^apps\/[^/]+\/README\.md$/.test(path)) return PACKAGE_README_LINES;
  if (/^apps\/portal\/src\/app\/.*(page|layout|route)\.tsx?$/.test(path)) return ROUTE_LINES;
  if (/\.(ts|tsx|mjs|cjs)$/.test(path)) return FILE_LINES;
  return null;
}
