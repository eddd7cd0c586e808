import { z } from 'zod';
import { readCa } from '../inventario-klk/database-ca.ts';
import { RetentionEnvSchema } from '../inventario-klk/env-schemas.ts';
import { describeIssues, EN_ESPANOL } from '../inventario-klk/issues.ts';
import { ConfiguracionInvalida } from '../inventario-klk/refusals.ts';

const requerido = z.string({ error: 'falta' }).min(1, 'falta');

const EnvSchema = z
  .object({
    DB_ADMIN_SECRET_ARN: requerido,
    DB_SECRET_ARN: requerido,
    DB_CA_ARCHIVO: z.string().optional(),
    AWS_REGION: requerido,
  })
  .extend(RetentionEnvSchema.shape);

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
export function readMigrationConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): MigrationConfig {
  const parsed = EnvSchema.safeParse(env, EN_ESPANOL);
  if (!parsed.success) throw new ConfiguracionInvalida(describeIssues(parsed.error));
  const { DB_ADMIN_SECRET_ARN, DB_SECRET_ARN, DB_CA_ARCHIVO, AWS_REGION } = parsed.data;
  return {
    adminSecretArn: DB_ADMIN_SECRET_ARN,
    pipelineSecretArn: DB_SECRET_ARN,
    databaseCa: readCa(DB_CA_ARCHIVO, AWS_REGION),
    conservarMeses: parsed.data.ETL_RETENCION_MESES,
  };
}
