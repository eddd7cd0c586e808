/** The import rules of docs/arquitectura.md, as errors. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const io = [
  '^node_modules/(pg|undici|@aws-lambda-powertools|@aws-sdk)/',
  // How KLK writes numbers and texts is no input or output.
  '^lambdas/core/(klk/(?!decimal|texto)|postgres|run)/',
];

module.exports = {
  forbidden: [
    rule('no-circular', 'A cycle has no first file to read.', {}, { circular: true }),
    rule(
      'lib-takes-contract-only',
      'Synth and runtime share names, not code.',
      { path: '^lib/' },
      { path: '^lambdas/', pathNot: '/contract\\.ts$' },
    ),
    rule(
      'lambdas-stand-alone',
      'What runs in Lambda knows nothing of synth or laptops.',
      { path: '^lambdas/' },
      { path: ['^(lib|bin|local|test)/', '^node_modules/(aws-cdk-lib|constructs)/'] },
    ),
    rule(
      'core-serves-pipelines',
      'core/ imports no pipeline; core/run/flujo.ts lists them.',
      { path: '^lambdas/core/' },
      { path: '^lambdas/', pathNot: '^lambdas/core/' },
    ),
    rule(
      'pipelines-stand-apart',
      'The migrations and the pipelines share core/ and nothing else.',
      { path: '^lambdas/(?!core/)([^/]+)/' },
      { path: '^lambdas/', pathNot: ['^lambdas/core/', '^lambdas/$1/'] },
    ),
    rule(
      'errors-and-config-come-first',
      'Errors and configuration know neither KLK nor PostgreSQL nor a run.',
      { path: '^lambdas/core/(errors|config)/' },
      { path: '^lambdas/core/(klk|postgres|run|diagnosis)/' },
    ),
    rule(
      'errors-import-nothing',
      'The error codes and families stand below everything.',
      { path: '^lambdas/core/errors/' },
      { path: '^lambdas/', pathNot: '^lambdas/core/errors/' },
    ),
    rule(
      'time-stands-below',
      'Clock, deadline and days know of nothing but errors.',
      { path: '^lambdas/core/time/' },
      { path: '^lambdas/', pathNot: '^lambdas/core/(time|errors)/' },
    ),
    rule(
      'a-run-is-not-diagnosed-by-itself',
      'A run does not import the diagnosis.',
      { path: '^lambdas/core/run/' },
      { path: '^lambdas/core/diagnosis/' },
    ),
    rule(
      'klk-and-postgres-stand-apart',
      'KLK and PostgreSQL know nothing of each other, nor of what is built on them.',
      { path: '^lambdas/core/(klk|postgres)/' },
      { path: '^lambdas/core/(klk|postgres|run|diagnosis)/', pathNot: '^lambdas/core/$1/' },
    ),
    rule(
      'stages-in-order',
      'extract, transform and load meet in the pipeline; load takes the rows that transform defines.',
      { path: '^lambdas/([^/]+)-klk/(extract|transform)/' },
      { path: '^lambdas/[^/]+-klk/', pathNot: ['^lambdas/[^/]+-klk/$2/', '^lambdas/ventas-klk/tramo\\.ts$'] },
    ),
    rule(
      'load-does-not-extract',
      'load does not know how KLK is asked.',
      { path: '^lambdas/[^/]+-klk/load/' },
      { path: '^lambdas/[^/]+-klk/extract/' },
    ),
    rule(
      'load-knows-no-caller',
      'load does not import what calls it.',
      { path: '^lambdas/[^/]+-klk/load/' },
      { path: '^lambdas/[^/]+-klk/(handler|pipeline|process-[a-z]+|read-tiendas)\\.ts$' },
    ),
    rule(
      'transform-is-pure',
      'transform/ does no input or output.',
      { path: '^lambdas/[^/]+-klk/transform/' },
      { path: [...io, '^(node:)?(fs|net|http|https|process|timers)'] },
    ),
    rule(
      'only-klk-speaks-http',
      'undici is used by core/klk/ alone.',
      { path: '^lambdas/', pathNot: '^lambdas/core/klk/' },
      { path: '^node_modules/undici/' },
    ),
    rule(
      'only-postgres-speaks-sql',
      'pg is used by core/postgres/, the lock of a run and the migrations alone.',
      { path: '^lambdas/', pathNot: '^lambdas/(core/(postgres|run)|migraciones)/' },
      { path: '^node_modules/(pg|node-pg-migrate)/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'queries-know-no-address',
      'What the API asks the database knows nothing of its addresses, nor of what serves them.',
      { path: '^lambdas/consultas/queries/' },
      { path: '^lambdas/consultas/(endpoints/|(app|database|endpoint|handler|serve)\\.ts$)' },
    ),
    rule(
      'addresses-know-no-server',
      'An address of the API knows nothing of what serves it.',
      { path: '^lambdas/consultas/endpoints/' },
      { path: '^lambdas/consultas/(app|database|handler|serve)\\.ts$' },
    ),
    rule(
      'page-stands-alone',
      'The page knows the API by its answers alone, and no library but two.',
      { path: '^web/src/' },
      { pathNot: ['^web/src/', '^node_modules/(preact|uplot)/'] },
    ),
    rule(
      'nobody-imports-the-page',
      'The page is built, not imported; a test compares what it expects with what the API answers.',
      { pathNot: '^(web|test/unit/consultas)/' },
      { path: '^web/' },
    ),
    rule(
      'no-test-in-product',
      'The product does not import its tests.',
      { path: '^(bin|lib|lambdas|local|web)/' },
      { path: '^test/' },
    ),
    rule('resolvable', 'Every import resolves.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
