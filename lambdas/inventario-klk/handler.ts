import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { PipelineError } from '../shared/errors.ts';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { readCatalogo } from './catalogo.ts';
import type { Tienda } from './catalogo.ts';
import { readLambdaConfig, readPlace, warnOfUnknownVariables } from './config.ts';
import type { LambdaConfig } from './config.ts';
import { ENV } from './contract.ts';
import { deadlineIn, orAborted } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import { answerQuestion } from './answer-question.ts';
import type { Respuesta } from './answer-question.ts';
import { parseEvent, parseQuestion, toAskedRun } from './event.ts';
import type { Solicitud } from './event.ts';
import { logVariableDesconocida } from './log-events.ts';
import { createLogger } from './logger.ts';
import { publishMetrics } from './metrics.ts';
import { concludeRun } from './outcome.ts';
import { runPipeline } from './pipeline.ts';
import { fetchSecret } from './secrets.ts';
import { DatabaseSecretSchema, KlkSettingsSchema, portOf, toDatabaseSettings } from './settings.ts';
import type { KlkSettings } from './settings.ts';
import type { Resumen } from './summary.ts';
import type { Systems } from './systems.ts';

/** What the handler needs of Lambda's context, and the signal with which `npm run local` ends a run early. */
export type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'> & {
  readonly interrupted?: AbortSignal;
};

/** Kept back from the remaining time of a question, which needs no summary. */
const QUESTION_MARGIN_MS = 2_000;

/**
 * The Lambda's entry: loads the stores that the event asks for and returns the summary, or answers a question.
 * @throws SolicitudInvalida, ConfiguracionInvalida before anything is touched; EjecucionFallida, EjecucionIncompleta, or PipelineError for a
 * question, after.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<Resumen | Respuesta> {
  const catalogo = readCatalogo();
  const accion = parseQuestion(event, catalogo);
  if (accion !== undefined) {
    const deadline = deadlineIn(context.getRemainingTimeInMillis() - QUESTION_MARGIN_MS);
    return answerQuestion(accion, systemsOf(catalogo, deadline));
  }
  return load(parseEvent(event, catalogo), catalogo, context);
}

async function load(
  solicitud: Solicitud,
  catalogo: readonly Tienda[],
  context: InvocationContext,
): Promise<Resumen> {
  const config = readLambdaConfig();
  const limit = deadlineIn(context.getRemainingTimeInMillis() - config.marginMs);
  const deadline = context.interrupted === undefined ? limit : orAborted(limit, context.interrupted);
  const ejecucionId = randomUUID();
  const logger = createLogger(ejecucionId);
  logger.appendPersistentKeys({ function_request_id: context.awsRequestId });
  warnOfUnknownVariables((motivo) => {
    logVariableDesconocida(logger, motivo);
  });

  const resumen = await runPipeline({
    ejecucionId,
    solicitud,
    tunables: config.tunables,
    deadline,
    logger,
    readKlkSettings: () => readKlkSettings(config, deadline.signal),
    readDatabaseSettings: () => readDatabaseSettings(config, deadline.signal),
    publish: (resumen, antiguedades) => {
      publishMetrics(resumen, antiguedades, catalogo);
    },
  });
  return concludeRun(resumen, toAskedRun(solicitud, catalogo), readPlace());
}

/** The systems as a question finds them: the configuration is read where its problems are part of the answer. */
const systemsOf = (catalogo: readonly Tienda[], deadline: Deadline): Systems => ({
  readCatalogo: () => catalogo,
  readTunables: () => readLambdaConfig().tunables,
  readKlkSettings: async () => readKlkSettings(readLambdaConfig(), deadline.signal),
  readDatabaseSettings: async () => readDatabaseSettings(readLambdaConfig(), deadline.signal),
  deadline,
  place: readPlace(),
});

async function readDatabaseSettings(config: LambdaConfig, signal: AbortSignal): Promise<DatabaseSettings> {
  const secret = await fetchSecret(ENV.dbSecretArn, config.dbSecretArn, DatabaseSecretSchema, signal);
  return toDatabaseSettings(secret, config.databaseCa);
}

/** Refuses an address on a port that the security group does not open, instead of timing out on it. */
async function readKlkSettings(config: LambdaConfig, signal: AbortSignal): Promise<KlkSettings> {
  const settings = await fetchSecret(ENV.klkSecretArn, config.klkSecretArn, KlkSettingsSchema, signal);
  const puerto = portOf(settings.baseUrl);
  if (puerto !== config.klkPuerto) {
    throw new PipelineError(
      'KLK_PUERTO_CERRADO',
      `El secreto de ${ENV.klkSecretArn} apunta al puerto ${puerto} y solo está abierto el ${config.klkPuerto}`,
    );
  }
  return settings;
}
