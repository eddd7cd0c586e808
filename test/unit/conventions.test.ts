import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { CONSULTAS_GUARDS } from '../../scripts/guards/consultas.ts';
import { DATABASE_GUARDS } from '../../scripts/guards/database.ts';
import { SOURCE_GUARDS } from '../../scripts/guards/source.ts';
import { VENTAS_GUARDS } from '../../scripts/guards/ventas.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAX_LINES = 300;

const sources = ['bin', 'lib', 'lambdas', 'local'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

describe('the sources', () => {
  it('are found', () => {
    expect(sources).toContain(join('lambdas', 'inventario-klk', 'handler.ts'));
  });

  it(`have no file of more than ${MAX_LINES} lines`, () => {
    const long = sources.filter(
      (file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > MAX_LINES,
    );

    expect(long).toEqual([]);
  });

  it('have no file named utils, helpers, common or the like', () => {
    expect(
      sources.filter((file) => /(^|\/)(utils?|helpers?|common|types|misc)(\.ts$|\/)/.test(file)),
    ).toEqual([]);
  });
});

const GUARDS = [...SOURCE_GUARDS, ...VENTAS_GUARDS, ...DATABASE_GUARDS, ...CONSULTAS_GUARDS];

const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.test.ts'),
);

it.each(GUARDS)('The guard "$name" stands exactly once where it can be removed', ({ file, original }) => {
  expect(readFileSync(join(ROOT, file), 'utf8').split(original)).toHaveLength(2);
});

it.each(GUARDS)('The guard "$name" is tried by tests that exist', ({ tests: pattern }) => {
  expect(tests.filter((file) => new RegExp(pattern).test(file))).not.toEqual([]);
});

it('docs/fiabilidad.md names test files that exist, and guards that are tried', () => {
  const text = readFileSync(join(ROOT, 'docs/fiabilidad.md'), 'utf8');
  const [matrix = '', guards = ''] = text.split('## Ninguna guarda sobra');
  const named = [...matrix.matchAll(/^\| .+ \| .+ \| `(.+)` \| \d+ \|$/gm)].flatMap(([, files = '']) =>
    files.split(/`?, `?/),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !tests.some((file) => file.endsWith(`${name}.test.ts`)))).toEqual([]);

  const tried = [...guards.matchAll(/^\| (.+?) \| .+ \|$/gm)].map(([, name]) => name).slice(2);
  expect(tried.filter((name) => !GUARDS.some((guard) => guard.name === name))).toEqual([]);
});
