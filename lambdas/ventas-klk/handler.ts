import { randomUUID } from 'node:crypto';
import { readCatalogo } from '../core/config/catalogo.ts';
import type { Tienda } from '../core/config/catalogo.ts';
import { readPlace } from '../core/config/env.ts';
import { warnOfUnknownVariables } from '../core/config/variables.ts';
import { questionDeadline, readDatabaseSecret, readKlkSecret, runDeadline } from '../core/run/lambda.ts';
import type { InvocationContext } from '../core/run/lambda.ts';
import { createLogger, MENSAJES_EJECUCION } from '../core/run/log.ts';
import { requireComplete } from '../core/run/outcome.ts';
import type { QuestionContext } from '../core/run/question.ts';
import { diaAt } from '../core/time/dia.ts';
import type { Deadline } from '../core/time/deadline.ts';
import { readLambdaConfig } from './config.ts';
import { parseEvent, parseQuestion } from './event.ts';
import type { Solicitud } from './event.ts';
import { publishMetrics } from './metrics.ts';
import { runPipeline } from './pipeline.ts';
import { answerQuestion } from './questions/answer-question.ts';
import type { QuestionAnswer } from './questions/answer-question.ts';
import { toFailedRun, toStoreOutcomes } from './summary.ts';
import type { Resumen } from './summary.ts';

/**
 * The Lambda's entry: reads the sales that are due, or those that the event asks for, and returns the summary, or answers a question.
 * @throws SolicitudInvalida, ConfiguracionInvalida before anything is touched; EjecucionFallida, EjecucionIncompleta, or PipelineError for a
 * question, after.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<Resumen | QuestionAnswer> {
  const catalogo = readCatalogo();
  const accion = parseQuestion(event, catalogo);
  if (accion !== undefined) return answerQuestion(accion, systemsOf(catalogo, questionDeadline(context)));
  return load(parseEvent(event, catalogo, diaAt(new Date())), catalogo, context);
}

async function load(
  solicitud: Solicitud,
  catalogo: readonly Tienda[],
  context: InvocationContext,
): Promise<Resumen> {
  const config = readLambdaConfig();
  const deadline = runDeadline(context, config);
  const ejecucionId = randomUUID();
  const logger = createLogger(ejecucionId, 'ventas');
  logger.appendPersistentKeys({ function_request_id: context.awsRequestId });
  warnOfUnknownVariables((motivo) => {
    logger.warn(MENSAJES_EJECUCION.variableDesconocida, { motivo });
  });

  const resumen = await runPipeline({
    ejecucionId,
    solicitud,
    tunables: config.tunables,
    catalogo,
    deadline,
    logger,
    readKlkSettings: () => readKlkSecret(config, deadline.signal),
    readDatabaseSettings: () => readDatabaseSecret(config, deadline.signal),
    publish: publishMetrics,
  });
  return requireComplete(
    resumen,
    toStoreOutcomes(resumen),
    toFailedRun(resumen, solicitud, catalogo),
    readPlace(),
  );
}

/** The systems as a question finds them: the configuration is read where its problems are part of the answer. */
const systemsOf = (catalogo: readonly Tienda[], deadline: Deadline): QuestionContext => ({
  readCatalogo: () => catalogo,
  readTunables: () => readLambdaConfig().tunables,
  readKlkSettings: async () => readKlkSecret(readLambdaConfig(), deadline.signal),
  readDatabaseSettings: async () => readDatabaseSecret(readLambdaConfig(), deadline.signal),
  deadline,
  place: readPlace(),
});
