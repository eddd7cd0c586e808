import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { PipelineError } from '../core/errors/errors.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { readCatalogo } from '../core/config/catalogo.ts';
import type { Tienda } from '../core/config/catalogo.ts';
import { readLambdaConfig } from './config.ts';
import { readPlace } from '../core/config/env.ts';
import { warnOfUnknownVariables } from '../core/config/variables.ts';
import type { LambdaConfig } from './config.ts';
import { ENV } from '../core/config/contract.ts';
import { deadlineIn, orAborted } from '../core/time/deadline.ts';
import type { Deadline } from '../core/time/deadline.ts';
import { answerQuestion } from './questions/answer-question.ts';
import type { QuestionAnswer } from './questions/answer-question.ts';
import { parseEvent, parseQuestion, toAskedRun } from './event.ts';
import type { Solicitud } from './event.ts';
import { createLogger, MENSAJES_EJECUCION } from '../core/run/log.ts';
import { publishMetrics } from './metrics.ts';
import { requireComplete } from '../core/run/outcome.ts';
import { runPipeline } from './pipeline.ts';
import { fetchSecret } from '../core/config/secrets.ts';
import { KlkSettingsSchema, portOf } from '../core/klk/settings.ts';
import { DatabaseSecretSchema, toDatabaseSettings } from '../core/postgres/settings.ts';
import type { KlkSettings } from '../core/klk/settings.ts';
import { toStoreOutcomes } from './summary.ts';
import type { Resumen } from './summary.ts';
import type { QuestionContext } from '../core/run/question.ts';

/** The part of Lambda's context that the handler reads, and the signal with which `npm run local` ends a run early. */
export type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'> & {
  readonly interrupted?: AbortSignal;
};

/** Reserved at the end of the Lambda's time for the answer to a question. */
const QUESTION_MARGIN_MS = 2_000;

/**
 * The Lambda's entry: loads the stores that the event asks for and returns the summary, or answers a question.
 * @throws SolicitudInvalida or ConfiguracionInvalida before anything is touched; afterwards EjecucionFallida or EjecucionIncompleta for a
 * run, PipelineError for a question.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<Resumen | QuestionAnswer> {
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
    logger.warn(MENSAJES_EJECUCION.variableDesconocida, { motivo });
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
  return requireComplete(resumen, toStoreOutcomes(resumen), toAskedRun(solicitud, catalogo), readPlace());
}

/** The systems of a question. The configuration is read on demand, because its problems are part of the answer. */
const systemsOf = (catalogo: readonly Tienda[], deadline: Deadline): QuestionContext => ({
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
