import { checkDocuments } from './documents.ts';
import { checkSizes } from './sizes.ts';

/** CheckStep is one thing that must hold; a command that must exit 0, or a function that lists what is wrong. */
export type CheckStep = { name: string } & ({ command: string[] } | { find: () => string[] });

/** STEPS is what `pnpm check` runs before the tests, cheapest first. */
export const STEPS: CheckStep[] = [
  {
    name: 'format and lint',
    command: ['biome', 'ci', '--colors=off', '--max-diagnostics=50', '.'],
  },
  { name: 'file sizes', find: checkSizes },
  { name: 'documents name what exists', find: checkDocuments },
  {
    name: 'boundaries',
    command: ['depcruise', '--config', 'packages/config/boundaries.cjs', 'packages', 'apps', 'infra'],
  },
  {
    name: 'types',
    command: ['turbo', 'run', 'typecheck', '--output-logs=errors-only', '--log-order=grouped'],
  },
  {
    name: 'dead code',
    command: ['knip', '--config', 'packages/config/knip.json', '--no-progress'],
  },
];
