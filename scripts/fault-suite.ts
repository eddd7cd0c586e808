import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const JestResults = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  /** Files that failed before any of their tests. */
  numRuntimeErrorTestSuites: z.number(),
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** The result of a run of jest. */
export interface SuiteOutcome {
  readonly passed: number;
  readonly failed: number;
  /** Full names of the tests that failed. */
  readonly failures: readonly string[];
  /** Jest's messages for them. */
  readonly messages: string;
}

/** Runs jest in `folder` with these arguments, and reads its results. */
export async function runJest(folder: string, args: readonly string[]): Promise<SuiteOutcome> {
  const scratch = await mkdtemp(join(tmpdir(), 'inventario-klk-jest-'));
  const file = join(scratch, 'results.json');
  try {
    const jest = [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      ...args,
      '--json',
      `--outputFile=${file}`,
    ];
    const child = spawn(process.execPath, jest, { cwd: folder, stdio: 'ignore' });
    await once(child, 'exit');
    const results = JestResults.parse(JSON.parse(await readFile(file, 'utf8')));
    const failures = results.testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    );
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      failures,
      messages: results.testResults.map(({ message }) => message).join(''),
    };
  } finally {
    await rm(scratch, { recursive: true });
  }
}
