/** Each project is one kind of test; `npm run test:jest -- --selectProjects=unit` runs one alone. */
const shared = {
  // Kept between runs; by default it lies in the temporary folder, where a run leaves nothing.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

const project = (name, extra = {}) => ({
  ...shared,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...extra,
});

const onPostgres = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

export default {
  maxWorkers: 2,
  // Ends a test that hangs. No test is timed: on a busy machine the longest takes two minutes.
  testTimeout: 300_000,
  reporters: ['default', '<rootDir>/test/support/plain-summary-reporter.js'],
  projects: [
    project('unit'),
    project('stack', { globalSetup: '<rootDir>/test/stack/global-setup.ts' }),
    project('integration', onPostgres),
    project('e2e', onPostgres),
    project('faults', onPostgres),
    project('report', onPostgres),
    project('web', { globalSetup: '<rootDir>/test/web/global-setup.ts' }),
  ],
};
