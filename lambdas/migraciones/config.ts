import { z } from 'zod';
import { collectProblems, parseEnv, readLambdaCa } from '../inventario-klk/config.ts';
import type { Env } from '../inventario-klk/config.ts';
import { RetentionEnvSchema } from '../inventario-klk/env-schemas.ts';

const requerido = z.string({ error: 'falta' });

const EnvSchema = RetentionEnvSchema.extend({ DB_ADMIN_SECRET_ARN: requerido, DB_SECRET_ARN: requerido });

export interface MigrationConfig {
  /** Secret of the user that migrates. */
  readonly adminSecretArn: string;
  /** Secret of the pipeline's own user. */
  readonly pipelineSecretArn: string;
  readonly databaseCa: string;
  /** Months of history to keep; undefined keeps all. */
  readonly conservarMeses: number | undefined;
}

/**
 * The migration Lambda's configuration.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readMigrationConfig(env: Env = process.env): MigrationConfig {
  const [parsed, databaseCa] = collectProblems(
    () => parseEnv(EnvSchema, env),
    () => readLambdaCa(env),
  );
  return {
    adminSecretArn: parsed.DB_ADMIN_SECRET_ARN,
    pipelineSecretArn: parsed.DB_SECRET_ARN,
    databaseCa,
    conservarMeses: parsed.ETL_RETENCION_MESES,
  };
}
