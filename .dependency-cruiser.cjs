/** The import rules of docs/arquitectura.md, as errors. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const io = [
  '^node_modules/(pg|undici|@aws-lambda-powertools|@aws-sdk)/',
  '^lambdas/inventario-klk/(config|logger)\\.ts$',
  '^lambdas/inventario-klk/(extract|load|runs)/',
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
      'transform-is-pure',
      'transform/ does no input or output.',
      { path: '^lambdas/inventario-klk/transform/' },
      { path: [...io, '^(node:)?(fs|net|http|https|process|timers)'] },
    ),
    rule(
      'only-extract-speaks-http',
      'undici is used by extract/ alone.',
      { path: '^lambdas/', pathNot: '^lambdas/inventario-klk/extract/' },
      { path: '^node_modules/undici/' },
    ),
    rule(
      'only-load-and-runs-speak-sql',
      'pg is used by load/, runs/ and the migrations alone.',
      { path: '^lambdas/', pathNot: '^lambdas/(inventario-klk/(load|runs)|migraciones)/' },
      { path: '^node_modules/(pg|node-pg-migrate)/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no-test-in-product',
      'The product does not import its tests.',
      { path: '^(bin|lib|lambdas|local)/' },
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
