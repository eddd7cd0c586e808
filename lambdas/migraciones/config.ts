import { z } from 'zod';
import { collectProblems, parseEnv, requerido, ventasDesde } from '../core/config/env.ts';
import type { Env } from '../core/config/env.ts';
import { readLambdaCa } from '../core/postgres/ca.ts';

/** What the maintenance of the tables needs: months of history to keep (without it, all of them) and the first day of sales. */
export const MaintenanceEnvSchema = z.object({
  ETL_RETENCION_MESES: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'debe ser un número de meses, 1 o más')
    .transform(Number)
    .optional(),
  ETL_VENTAS_DESDE: ventasDesde,
});

const MigrationLambdaEnvSchema = MaintenanceEnvSchema.extend({
  DB_ADMIN_SECRET_ARN: requerido,
  DB_SECRET_ARN: requerido,
  CONSULTAS_DB_SECRET_ARN: z.string().optional(),
});

export interface MigrationConfig {
  /** Secret of the user that migrates. */
  readonly adminSecretArn: string;
  /** Secret of the pipeline's own user. */
  readonly pipelineSecretArn: string;
  /** Secret of the read-only API's user, where the API is deployed. */
  readonly consultasSecretArn: string | undefined;
  readonly databaseCa: string;
  /** Months of history to keep; undefined keeps all. */
  readonly conservarMeses: number | undefined;
  /** The first day whose sales are wanted, `YYYY-MM-DD`; undefined: a week ago. */
  readonly ventasDesde: string | undefined;
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
    consultasSecretArn: parsed.CONSULTAS_DB_SECRET_ARN,
    databaseCa,
    conservarMeses: parsed.ETL_RETENCION_MESES,
    ventasDesde: parsed.ETL_VENTAS_DESDE,
  };
}
