import { describe, expect, it } from '@jest/globals';
import { readMigrateConfig } from '../../../bin/config.ts';
import { problemasOf } from './problemas.ts';

const ENV = {
  POSTGRES_HOST: '127.0.0.1',
  POSTGRES_PORT: '5432',
  POSTGRES_DB: 'inventario',
  POSTGRES_USER: 'admin',
  POSTGRES_PASSWORD: 's3creto',
};

describe('the configuration of migrate', () => {
  it('needs the variables of the database only', () => {
    expect(readMigrateConfig(ENV)).toEqual({
      database: {
        host: '127.0.0.1',
        port: 5432,
        database: 'inventario',
        user: 'admin',
        password: 's3creto',
        tls: false,
      },
      etlUser: undefined,
      conservarMeses: undefined,
      ventasDesde: undefined,
    });
  });

  it('reads the months of history to keep', () => {
    expect(readMigrateConfig({ ...ENV, ETL_RETENCION_MESES: '24' }).conservarMeses).toBe(24);
  });

  it.each(['0', '-1', '1.5', 'doce', '1000'])('refuses to keep %s months', (meses) => {
    expect(problemasOf(() => readMigrateConfig({ ...ENV, ETL_RETENCION_MESES: meses }))).toEqual([
      'ETL_RETENCION_MESES: debe ser un número de meses, 1 o más',
    ]);
  });

  it('reads the first day of sales', () => {
    expect(readMigrateConfig({ ...ENV, ETL_VENTAS_DESDE: '2025-11-01' }).ventasDesde).toBe('2025-11-01');
  });

  it.each([
    ['ayer', 'debe ser un día del calendario, AAAA-MM-DD'],
    ['2025-02-30', 'debe ser un día del calendario, AAAA-MM-DD'],
    ['0225-11-01', 'debe ser 2020-01-01 o después'],
  ])('refuses %s as the first day of the sales', (dia, problema) => {
    expect(problemasOf(() => readMigrateConfig({ ...ENV, ETL_VENTAS_DESDE: dia }))).toEqual([
      `ETL_VENTAS_DESDE: ${problema}`,
    ]);
  });

  it('may name the user of the pipelines', () => {
    const env = { ...ENV, POSTGRES_ETL_USER: 'etl', POSTGRES_ETL_PASSWORD: 'otra-clave' };

    expect(readMigrateConfig(env).etlUser).toEqual({ user: 'etl', password: 'otra-clave' });
  });

  it("may name the user of the read-only API, which must be no other program's", () => {
    const consultas = { POSTGRES_CONSULTAS_USER: 'consultas', POSTGRES_CONSULTAS_PASSWORD: 'otra-clave' };
    expect(readMigrateConfig({ ...ENV, ...consultas })).toMatchObject({
      etlUser: undefined,
      consultasUser: { user: 'consultas', password: 'otra-clave' },
    });

    const etl = { POSTGRES_ETL_USER: 'consultas', POSTGRES_ETL_PASSWORD: 'otra-clave' };
    expect(problemasOf(() => readMigrateConfig({ ...ENV, ...consultas, ...etl }))).toEqual([
      'POSTGRES_CONSULTAS_USER: es el mismo usuario del ETL, POSTGRES_ETL_USER',
    ]);
    expect(
      problemasOf(() => readMigrateConfig({ ...ENV, ...consultas, POSTGRES_CONSULTAS_PASSWORD: '' })),
    ).toEqual(['POSTGRES_CONSULTAS_USER y POSTGRES_CONSULTAS_PASSWORD van juntas']);
  });

  it.each([
    { POSTGRES_ETL_USER: 'etl' },
    { POSTGRES_ETL_PASSWORD: 's3creto-largo' },
    { POSTGRES_ETL_USER: 'etl', POSTGRES_ETL_PASSWORD: ' ' },
  ])('needs both variables of a user or neither: %j', (etl) => {
    expect(problemasOf(() => readMigrateConfig({ ...ENV, ...etl }))).toEqual([
      'POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD van juntas',
    ]);
  });

  it.each([
    ['a short password', 'etl', 'corta12', 'POSTGRES_ETL_PASSWORD: debe tener al menos 8'],
    ['a password beyond ASCII', 'etl', 'contraseña-larga', 'POSTGRES_ETL_PASSWORD: debe tener al menos 8'],
    ['a name that PostgreSQL would cut off', 'e'.repeat(64), 'clave-larga', 'POSTGRES_ETL_USER: debe tener'],
    [
      'a name of 63 characters and more bytes',
      'ñ'.repeat(32),
      'clave-larga',
      'POSTGRES_ETL_USER: debe tener',
    ],
    ['a reserved name', 'pg_etl', 'clave-larga', 'POSTGRES_ETL_USER: es un nombre reservado'],
    ['the name of everybody', 'public', 'clave-larga', 'POSTGRES_ETL_USER: es un nombre reservado'],
    ['a control character', 'e\tl', 'clave-larga', 'POSTGRES_ETL_USER: no puede tener'],
    ['the user that migrates', ENV.POSTGRES_USER, 'clave-larga', 'POSTGRES_ETL_USER: es el mismo'],
  ])('refuses a pipeline user with %s', (_title, user, password, problema) => {
    const env = { ...ENV, POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: password };

    expect(problemasOf(() => readMigrateConfig(env))).toEqual([expect.stringContaining(problema)]);
  });

  it('is refused with every problem at once, and needs nothing of KLK', () => {
    const env = { ...ENV, POSTGRES_PORT: '', POSTGRES_DB: undefined, POSTGRES_ETL_USER: 'etl', KLK_URL: 'x' };

    expect(problemasOf(() => readMigrateConfig(env))).toEqual([
      'POSTGRES_PORT: falta',
      'POSTGRES_DB: falta',
      'POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD van juntas',
    ]);
  });
});
