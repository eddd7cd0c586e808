import { collectProblems, parseEnv, readLambdaCa } from '../inventario-klk/config.ts';
import type { Env } from '../inventario-klk/config.ts';
import { MigrationLambdaEnvSchema } from '../inventario-klk/env-schemas.ts';

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
    () => parseEnv(MigrationLambdaEnvSchema, env),
    () => readLambdaCa(env),
  );
  return {
    adminSecretArn: parsed.DB_ADMIN_SECRET_ARN,
    pipelineSecretArn: parsed.DB_SECRET_ARN,
    databaseCa,
    conservarMeses: parsed.ETL_RETENCION_MESES,
  };
}
