import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { describeUnknownVariables, VARIABLES } from '../../../lambdas/core/config/variables.ts';

describe('a variable that looks like ours and that no program reads', () => {
  it.each([
    ['KLK_TIMEOUT', 'KLK_TIMEOUT_MS'],
    ['ETL_LIMITE', 'ETL_LIMITE_MS'],
    ['POSTGRES_PASS', 'POSTGRES_PASSWORD'],
    ['TIENDAS_FICHERO', 'TIENDAS_ARCHIVO'],
    ['DB_CA', 'DB_CA_ARCHIVO'],
  ])('is reported with the nearest name: %s', (written, meant) => {
    expect(describeUnknownVariables({ [written]: '5000' })).toEqual([
      `la variable ${written} no existe y se ignora; ¿quiso decir ${meant}?`,
    ]);
  });

  it('is reported without its value, because that may be a secret', () => {
    expect(describeUnknownVariables({ POSTGRES_PASWORD: 'canario' }).join()).not.toContain('canario');
  });
});

it('a variable is not reported if any program reads it, the predecessor read it, or another project owns it', () => {
  expect(
    describeUnknownVariables({
      KLK_URL: '',
      KLK_PUERTO: '',
      ETL_RETENCION_MESES: '',
      POSTGRES_ETL_USER: '',
      DB_ADMIN_SECRET_ARN: '',
      DB_MODE: 'postgresql',
      PGHOST: '',
      AWS_LAMBDA_FUNCTION_NAME: '',
      AWS_REGION: '',
      PATH: '',
    }),
  ).toEqual([]);
});

it('the list of known variables has the variables of all schemas, and DB_MODE of the predecessor', () => {
  const sources = [...globSync('lambdas/**/*.ts'), 'bin/config.ts'].map((file) => readFileSync(file, 'utf8'));
  const read = sources.flatMap((source) =>
    [...source.matchAll(/\b((?:CONSULTAS|KLK|ETL|POSTGRES|TIENDAS|DB)_[A-Z_]+): [a-z]/g)].flatMap(
      ([, name]) => name ?? [],
    ),
  );

  expect([...new Set([...read, 'DB_MODE'])].sort()).toEqual([...VARIABLES].sort());
});
