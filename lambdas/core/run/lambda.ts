import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import type { Tienda } from '../config/catalogo.ts';
import { ENV } from '../config/contract.ts';
import { collectProblems, entero, parseEnv, puerto, requerido } from '../config/env.ts';
import type { Env } from '../config/env.ts';
import { fetchSecret } from '../config/secrets.ts';
import { PipelineError } from '../errors/errors.ts';
import { KlkSettingsSchema, portOf } from '../klk/settings.ts';
import type { KlkSettings } from '../klk/settings.ts';
import { readLambdaCa } from '../postgres/ca.ts';
import { DatabaseSecretSchema, toDatabaseSettings } from '../postgres/settings.ts';
import type { DatabaseSettings } from '../postgres/settings.ts';
import { deadlineIn, orAborted } from '../time/deadline.ts';
import type { Flujo } from './flujo.ts';
import { createLogger, logUnknownVariables } from './log.ts';
import type { QuestionContext } from './question.ts';
import { readPlace } from './remedy.ts';
import type { RunContext } from './run.ts';

/** What a pipeline's handler needs of Lambda's context, and the signal with which `npm run local` ends a run early. */
export type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'> & {
  readonly interrupted?: AbortSignal;
};

/** Kept back from the remaining time of a question, which needs no summary. */
const QUESTION_MARGIN_MS = 2_000;

/** The variables that the stack sets for every pipeline's Lambda. */
export const LAMBDA_VARIABLES = {
  DB_SECRET_ARN: requerido,
  KLK_SECRET_ARN: requerido,
  KLK_PUERTO: puerto,
  ETL_MARGEN_MS: entero(6_000, 120_000, 10_000),
};

type Parsed = z.infer<z.ZodObject<typeof LAMBDA_VARIABLES>>;

/** How a pipeline's Lambda reaches its systems. */
export interface LambdaSettings {
  readonly dbSecretArn: string;
  readonly klkSecretArn: string;
  readonly klkPuerto: number;
  readonly databaseCa: string;
  /** Kept back from the remaining time, so that the summary is always written. */
  readonly marginMs: number;
}

/**
 * The configuration of a pipeline's Lambda: how it reaches its systems, and what an operator may tune.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readLambdaEnv<Variables extends Parsed, Tunables>(
  schema: z.ZodType<Variables>,
  toTunables: (parsed: Variables) => Tunables,
  env: Env,
): LambdaSettings & { readonly tunables: Tunables } {
  const [parsed, databaseCa] = collectProblems(
    () => parseEnv(schema, env),
    () => readLambdaCa(env),
  );
  return {
    dbSecretArn: parsed.DB_SECRET_ARN,
    klkSecretArn: parsed.KLK_SECRET_ARN,
    klkPuerto: parsed.KLK_PUERTO,
    databaseCa,
    marginMs: parsed.ETL_MARGEN_MS,
    tunables: toTunables(parsed),
  };
}

/** What a handler knows of a run before it begins, and how the run reaches KLK. */
type LambdaRun = Omit<RunContext, 'solicitud' | 'tunables'> & Pick<QuestionContext, 'readKlkSettings'>;

/** Begins a run of a pipeline: it must have ended by the deadline, or when it is interrupted. Warns of variables that nobody reads. */
export function beginRun(flujo: Flujo, context: InvocationContext, settings: LambdaSettings): LambdaRun {
  const limit = deadlineIn(context.getRemainingTimeInMillis() - settings.marginMs);
  const deadline = context.interrupted === undefined ? limit : orAborted(limit, context.interrupted);
  const ejecucionId = randomUUID();
  const logger = createLogger(ejecucionId, flujo);
  logger.appendPersistentKeys({ function_request_id: context.awsRequestId });
  logUnknownVariables(logger);
  return {
    ejecucionId,
    deadline,
    logger,
    readKlkSettings: () => readKlkSecret(settings, deadline.signal),
    readDatabaseSettings: () => readDatabaseSecret(settings, deadline.signal),
  };
}

/** What a question to a pipeline has. The configuration is read on demand, because its problems are part of the answer. */
export function beginQuestion(
  catalogo: readonly Tienda[],
  context: InvocationContext,
  readConfig: () => LambdaSettings & { readonly tunables: ReturnType<QuestionContext['readTunables']> },
): QuestionContext {
  const deadline = deadlineIn(context.getRemainingTimeInMillis() - QUESTION_MARGIN_MS);
  return {
    readCatalogo: () => catalogo,
    readTunables: () => readConfig().tunables,
    readKlkSettings: async () => readKlkSecret(readConfig(), deadline.signal),
    readDatabaseSettings: async () => readDatabaseSecret(readConfig(), deadline.signal),
    deadline,
    place: readPlace(),
  };
}

/** @throws PipelineError `SECRETO_*`, or the signal's reason */
async function readDatabaseSecret(
  { dbSecretArn, databaseCa }: LambdaSettings,
  signal: AbortSignal,
): Promise<DatabaseSettings> {
  const secret = await fetchSecret(ENV.dbSecretArn, dbSecretArn, DatabaseSecretSchema, signal);
  return toDatabaseSettings(secret, databaseCa);
}

/**
 * Refuses an address on a port that the security group does not open, instead of timing out on it.
 * @throws PipelineError `SECRETO_*`, `KLK_PUERTO_CERRADO`, or the signal's reason
 */
async function readKlkSecret(
  { klkSecretArn, klkPuerto }: LambdaSettings,
  signal: AbortSignal,
): Promise<KlkSettings> {
  const settings = await fetchSecret(ENV.klkSecretArn, klkSecretArn, KlkSettingsSchema, signal);
  const puerto = portOf(settings.baseUrl);
  if (puerto !== klkPuerto) {
    throw new PipelineError(
      'KLK_PUERTO_CERRADO',
      `El secreto de ${ENV.klkSecretArn} apunta al puerto ${puerto} y solo está abierto el ${klkPuerto}`,
    );
  }
  return settings;
}
