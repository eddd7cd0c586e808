import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

/** A busy machine takes a minute for what a quiet one does in ten seconds. */
const A_RUN_MS = 240_000;

/** One run of jest over the tests of this folder that make files, with a temporary folder of its own. */
const runTests = (temporary: string): Promise<unknown> =>
  promisify(execFile)(
    process.execPath,
    ['node_modules/jest/bin/jest.js', '--selectProjects=stack', '--testPathPatterns=stack/stage.test'],
    { env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules', TMPDIR: temporary } },
  );

it(
  'A run of the tests leaves nothing in the temporary folder, and removes what a killed run left',
  async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'restos-'));
    // No process has this number.
    await mkdir(join(temporary, 'inventario-klk-pruebas-99999999-muerta', 'postgresql'), { recursive: true });
    await mkdir(join(temporary, 'de-otro'));
    await runTests(temporary);
    expect(await readdir(temporary)).toEqual(['de-otro']);
  },
  A_RUN_MS,
);
