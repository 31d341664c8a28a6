import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listSources, root } from './sources.ts';

const FIRST_FOLDERS = /^(apps|packages|prisma|infra|e2e)\//;

/** checkDocuments lists the paths that Markdown files name and that do not exist, and the packages without a README. */
export function checkDocuments(): string[] {
  const sources = listSources();
  const missingPaths = sources.filter((path) => path.endsWith('.md')).flatMap(pathsMissingIn);
  const packages = sources.flatMap((path) => /^((?:apps|packages)\/[^/]+)\/package\.json$/.exec(path)?.[1] ?? []);
  const withoutReadme = packages
    .filter((path) => !sources.includes(`${path}/README.md`))
    .map((path) => `${path} has no README.md`);
  return [...missingPaths, ...withoutReadme];
}

/** pathsMissingIn takes what stands in backticks and looks like a path, from the repository's root or from the document's own folder. */
function pathsMissingIn(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8').replace(/```[\s\S]*?```/g, '');
  const named = [...text.matchAll(/`([^`\s]+)`|\]\((?!https?:|#|mailto:)([^)\s]+)\)/g)].flatMap(
    (match) => match[1] ?? match[2] ?? [],
  );
  return named
    .map((path) => path.replace(/#.*$/, ''))
    .filter((path) => FIRST_FOLDERS.test(path) || /^(\.\/|src\/|\.\.\/).*\.\w+$/.test(path))
    .filter((path) => !/[<>*{}…]/.test(path))
    .filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, dirname(document), path)))
    .map((path) => `${document} names ${path}, which does not exist`);
}
