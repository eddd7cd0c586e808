import { describe, expect, it } from '@jest/globals';
import { readMigrationConfig } from '../../../lambdas/migraciones/config.ts';
import { problemasOf } from './problemas.ts';

const ENV = { DB_ADMIN_SECRET_ARN: 'arn:admin', DB_SECRET_ARN: 'arn:base', AWS_REGION: 'us-east-1' };

describe('the configuration of the migration Lambda', () => {
  it('keeps all history and trusts RDS by default, and counts empty variables as missing', () => {
    const config = readMigrationConfig({ ...ENV, DB_CA_ARCHIVO: '', ETL_RETENCION_MESES: '' });

    expect(config).toMatchObject({ adminSecretArn: 'arn:admin', pipelineSecretArn: 'arn:base' });
    expect(config.conservarMeses).toBeUndefined();
    expect(config.databaseCa).toContain('BEGIN CERTIFICATE');
  });

  it('has the secret of the read-only API where that is deployed', () => {
    expect(readMigrationConfig(ENV).consultasSecretArn).toBeUndefined();
    expect(readMigrationConfig({ ...ENV, CONSULTAS_DB_SECRET_ARN: 'arn:consultas' }).consultasSecretArn).toBe(
      'arn:consultas',
    );
  });

  it('is refused with every problem at once', () => {
    const env = { ...ENV, DB_SECRET_ARN: ' ', ETL_RETENCION_MESES: '0', AWS_REGION: 'luna-1' };

    expect(problemasOf(() => readMigrationConfig(env))).toEqual([
      'ETL_RETENCION_MESES: debe ser un número de meses, 1 o más',
      'DB_SECRET_ARN: falta',
      'DB_CA_ARCHIVO: falta; no hay autoridades de RDS para luna-1',
    ]);
  });
});
