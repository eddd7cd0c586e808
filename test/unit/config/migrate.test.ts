import { describe, expect, it } from '@jest/globals';
import { readMigrateConfig } from '../../../lambdas/inventario-klk/config.ts';
import { problemasOf } from './problemas.ts';

const ENV = {
  POSTGRES_HOST: '127.0.0.1',
  POSTGRES_PORT: '5432',
  POSTGRES_DB: 'inventario',
  POSTGRES_USER: 'admin',
  POSTGRES_PASSWORD: 's3creto',
};

describe('the configuration of migrate', () => {
  it('is the database alone', () => {
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
    });
  });

  it('keeps so many months of history as it is told', () => {
    expect(readMigrateConfig({ ...ENV, ETL_RETENCION_MESES: '24' }).conservarMeses).toBe(24);
  });

  it.each(['0', '-1', '1.5', 'doce', '1000'])('refuses to keep %s months', (meses) => {
    expect(problemasOf(() => readMigrateConfig({ ...ENV, ETL_RETENCION_MESES: meses }))).toEqual([
      'ETL_RETENCION_MESES: debe ser un número de meses, 1 o más',
    ]);
  });

  it("may add the pipeline's own user", () => {
    const env = { ...ENV, POSTGRES_ETL_USER: 'etl', POSTGRES_ETL_PASSWORD: 'otro' };

    expect(readMigrateConfig(env).etlUser).toEqual({ user: 'etl', password: 'otro' });
  });

  it.each([
    { POSTGRES_ETL_USER: 'etl' },
    { POSTGRES_ETL_PASSWORD: 's3creto' },
    { POSTGRES_ETL_USER: 'etl', POSTGRES_ETL_PASSWORD: ' ' },
  ])('wants both variables of that user or neither: %j', (etl) => {
    expect(problemasOf(() => readMigrateConfig({ ...ENV, ...etl }))).toEqual([
      'POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD van juntas',
    ]);
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
