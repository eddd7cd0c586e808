import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest } from './fault-suite.ts';
import { DATABASE_GUARDS } from './guards/database.ts';
import type { Guard } from './guards/guard.ts';
import { SOURCE_GUARDS } from './guards/source.ts';

/**
 * `npm run mutantes -- [NAME]`: removes one guard at a time from a copy of the project and lists which tests notice. Exits 1 when
 * a guard can go without any test failing.
 */
const root = new URL('..', import.meta.url).pathname;
const copy = await mkdtemp(join(tmpdir(), 'inventario-klk-mutantes-'));
const GUARDS = [...SOURCE_GUARDS, ...DATABASE_GUARDS];
const LEFT_OUT = new Set(['node_modules', '.git', '.local', 'cdk.out']);

/** The first test that noticed, or undefined. */
async function catcherOf({ file, original, mutated, tests }: Guard): Promise<string | undefined> {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  if (source.split(original).length !== 2)
    throw new Error(`${file} holds this not exactly once: ${original}`);
  await writeFile(
    path,
    source.replace(original, () => mutated),
  );
  try {
    const { failed, failures } = await runJest(copy, [`--testPathPatterns=${tests}`, '--bail=1']);
    return failed === 0 ? undefined : (failures[0] ?? 'a test file that no longer loads');
  } finally {
    await writeFile(path, source);
  }
}

try {
  await cp(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(path.slice(root.length)) });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const wanted = process.argv[2];
  let survivors = 0;
  for (const guard of GUARDS.filter(({ name }) => wanted === undefined || name === wanted)) {
    const catcher = await catcherOf(guard);
    if (catcher === undefined) survivors += 1;
    process.stdout.write(`| ${guard.name} | ${catcher ?? '**nobody**'} |\n`);
  }
  process.exitCode = survivors === 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true });
}
