import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest } from './fault-suite.ts';
import type { SuiteOutcome } from './fault-suite.ts';
import { CONSULTAS_GUARDS } from './guards/consultas.ts';
import { DATABASE_GUARDS } from './guards/database.ts';
import type { Guard } from './guards/guard.ts';
import { SOURCE_GUARDS } from './guards/source.ts';
import { VENTAS_GUARDS } from './guards/ventas.ts';

/**
 * `npm run mutantes -- [NAME...]`: removes one guard at a time from a copy of the project and lists which tests notice. Exits 1 when
 * a guard can be removed without a failing test.
 */
const root = new URL('..', import.meta.url).pathname;
const copy = await mkdtemp(join(tmpdir(), 'inventario-klk-mutantes-'));
const GUARDS = [...SOURCE_GUARDS, ...VENTAS_GUARDS, ...DATABASE_GUARDS, ...CONSULTAS_GUARDS];
const LEFT_OUT = new Set(['node_modules', '.git', '.local', 'cdk.out']);

/** The first failing test, or undefined. A test file that fails to load does not count. */
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
    return (await askTests(tests)).failures[0];
  } finally {
    await writeFile(path, source);
  }
}

/** For a failed test that leaves a server listening, for which jest would wait for ever. */
const askTests = (tests: string): Promise<SuiteOutcome> =>
  runJest(copy, [`--testPathPatterns=${tests}`, '--bail=1', '--forceExit']);

/** Checks that all tests pass without a mutation: a failing one would count as noticing. */
async function refuseFailingTests(guards: readonly Guard[]): Promise<void> {
  for (const tests of new Set(guards.map((guard) => guard.tests))) {
    const { failed, messages } = await askTests(tests);
    if (failed > 0) throw new Error(`${tests} fails with all guards in place: ${messages}`);
  }
}

try {
  await cp(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(path.slice(root.length)) });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const wanted = process.argv.slice(2);
  const guards = GUARDS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  await refuseFailingTests(guards);
  let survivors = 0;
  for (const guard of guards) {
    const catcher = await catcherOf(guard);
    if (catcher === undefined) survivors += 1;
    process.stdout.write(`| ${guard.name} | ${catcher ?? '**nobody**'} |\n`);
  }
  process.exitCode = survivors === 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true });
}
