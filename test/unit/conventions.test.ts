import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
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

  it('have no file named for being a drawer', () => {
    expect(
      sources.filter((file) => /(^|\/)(utils?|helpers?|common|types|misc)(\.ts$|\/)/.test(file)),
    ).toEqual([]);
  });
});

it.each([...SOURCE_GUARDS, ...VENTAS_GUARDS, ...DATABASE_GUARDS])(
  'The guard "$name" stands exactly once where it can be removed',
  ({ file, original }) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split(original)).toHaveLength(2);
  },
);
