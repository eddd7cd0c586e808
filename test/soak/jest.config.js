import { join } from 'node:path';
import config from '../../jest.config.js';

/** What takes minutes, and is no part of `npm test`: run by scripts/soak.ts. */
const rootDir = join(import.meta.dirname, '../..');
const faults = config.projects.find(({ displayName }) => displayName === 'faults');

export default {
  ...config,
  rootDir,
  projects: [{ ...faults, rootDir, displayName: 'soak', testMatch: ['<rootDir>/test/soak/**/*.test.ts'] }],
};
