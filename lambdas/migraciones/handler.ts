import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { ENV } from '../core/config/contract.ts';
import { deadlineIn } from '../core/time/deadline.ts';
import { ConfiguracionInvalida } from '../core/errors/invalid.ts';
import { fetchSecret } from '../core/config/secrets.ts';
import { DatabaseSecretSchema, toDatabaseSettings } from '../core/postgres/settings.ts';
import { describeErrorsInJson } from '../core/errors/describe-error.ts';
import { PipelineError, toPipelineError } from '../core/errors/errors.ts';
import { ERRORES } from '../core/errors/codes.ts';
import { applyMigrations } from './apply-migrations.ts';
import { readMigrationConfig } from './config.ts';
import { checkUser, CONSULTAS, createUser, ETL, refuseUnusableUser } from './create-user.ts';
import { createParticiones, retireHistory } from './maintain-history.ts';
import { sumSemanas } from './sum-semanas.ts';
import { waitForDatabase } from './migration-session.ts';

/** A secret managed by RDS holds only these; host and database name come from the pipeline's secret. */
const AdminSecretSchema = DatabaseSecretSchema.pick({ username: true, password: true });

/** The bundle carries the migrations beside the code. */
const MIGRATIONS = new URL('./migrations/', import.meta.url);

const SECRETS_WITHIN_MS = 30_000;

/** Share of the remaining time that may be spent waiting for the database; the rest is for the migrations. */
const WAITING_SHARE = 0.6;

/** Share of the time that remains then, in which weeks of sales are summed: those that are left are summed another day. */
const SUMMING_SHARE = 0.5;

/** What one deployment, or one day, changed. */
export interface Migrated {
  /** Names of the migrations applied, none when the database was up to date. */
  readonly aplicadas: readonly string[];
  readonly usuario: string;
  /** The user of the read-only API, where it is deployed. */
  readonly usuarioConsultas?: string;
  /** Partitions of the history and of the sales created. */
  readonly particiones: readonly string[];
  /** What of the history was dropped because it is older than what is kept. */
  readonly retirado: readonly string[];
  /** Weeks of sales summed. */
  readonly semanas: number;
}

type MigrationContext = Pick<Context, 'getRemainingTimeInMillis'>;

/** What CloudFormation shows when a deployment fails: the code of docs/errores.md, what happened, and what to do. */
class MigracionFallida extends Error {
  override readonly name = 'MigracionFallida';

  constructor(cause: unknown) {
    const { codigo, message } = toPipelineError(cause);
    super(`${codigo}: ${message}. ${ERRORES[codigo].remedio}`, { cause });
  }
}

/**
 * Called by the deployment and daily: updates the schema, then the programs' users, then the partitions and the sums of weeks. Idempotent.
 * @throws ConfiguracionInvalida or MigracionFallida, which fails the deployment with its message.
 */
export async function handler(_event: unknown, context: MigrationContext): Promise<Migrated> {
  try {
    return await migrate(context);
  } catch (error) {
    throw error instanceof ConfiguracionInvalida ? error : new MigracionFallida(error);
  }
}

async function migrate(context: MigrationContext): Promise<Migrated> {
  const logger = new Logger({ serviceName: 'migraciones', jsonReplacerFn: describeErrorsInJson });
  const config = readMigrationConfig();
  const { signal } = deadlineIn(
    SECRETS_WITHIN_MS,
    new PipelineError('SECRETO_INACCESIBLE', `Secrets Manager no contestó en ${SECRETS_WITHIN_MS} ms`),
  );
  const read = <T>(name: string, arn: string, schema: z.ZodType<T>): Promise<T> =>
    fetchSecret(name, arn, schema, signal);
  const admin = await read(ENV.dbAdminSecretArn, config.adminSecretArn, AdminSecretSchema);
  const pipeline = await read(ENV.dbSecretArn, config.pipelineSecretArn, DatabaseSecretSchema);
  const settings = toDatabaseSettings({ ...pipeline, ...admin }, config.databaseCa);
  const reader =
    config.consultasSecretArn === undefined
      ? undefined
      : await read(ENV.consultasDbSecretArn, config.consultasSecretArn, DatabaseSecretSchema);
  const users = [
    { role: ETL, login: { user: pipeline.username, password: pipeline.password } },
    ...(reader === undefined
      ? []
      : [{ role: CONSULTAS, login: { user: reader.username, password: reader.password } }]),
  ];
  if (reader?.username === pipeline.username) {
    throw new PipelineError(
      'USUARIO_CONSULTAS_INVALIDO',
      `El usuario de las consultas (${reader.username}) es el mismo del ETL`,
    );
  }

  for (const { role, login } of users) refuseUnusableUser(settings, role, login);
  await waitForDatabase(settings, WAITING_SHARE * context.getRemainingTimeInMillis());
  for (const { role, login } of users) await checkUser(settings, role, login);
  const aplicadas = await applyMigrations(
    settings,
    (migracion) => {
      logger.info('Migración aplicada', { migracion });
    },
    MIGRATIONS,
  );
  const salvedades: string[] = [];
  for (const { role, login } of users) {
    salvedades.push(...(await createUser(settings, role, login)));
  }
  const particiones = await unlessInUse(logger, [], () => createParticiones(settings, config.ventasDesde));
  const retirado = await unlessInUse(logger, [], () => retireHistory(settings, config.conservarMeses));
  const semanas = await unlessInUse(logger, 0, () =>
    sumSemanas(settings, SUMMING_SHARE * context.getRemainingTimeInMillis()),
  );
  logger.info('Base al día', {
    aplicadas: aplicadas.length,
    usuario: pipeline.username,
    usuarioConsultas: reader?.username,
    salvedades,
    particiones,
    retirado,
    semanas,
  });
  return {
    aplicadas,
    usuario: pipeline.username,
    ...(reader !== undefined && { usuarioConsultas: reader.username }),
    particiones,
    retirado,
    semanas,
  };
}

/** A table that is in use is left for the next day: it must not fail a deployment. */
async function unlessInUse<T>(logger: Logger, nothing: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PipelineError && error.codigo === 'BD_BLOQUEO')) throw error;
    logger.warn('Las tablas estaban en uso: se arregla otro día', { motivo: error.message });
    return nothing;
  }
}
