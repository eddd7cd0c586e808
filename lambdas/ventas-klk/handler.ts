import { readCatalogo } from '../core/config/catalogo.ts';
import { readPlace } from '../core/config/env.ts';
import { beginQuestion, beginRun } from '../core/run/lambda.ts';
import type { InvocationContext } from '../core/run/lambda.ts';
import { requireComplete } from '../core/run/outcome.ts';
import { diaAt } from '../core/time/dia.ts';
import { readLambdaConfig } from './config.ts';
import { parseEvent, parseQuestion } from './event.ts';
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
  if (accion !== undefined) {
    return answerQuestion(accion, beginQuestion(catalogo, context, readLambdaConfig));
  }
  const solicitud = parseEvent(event, catalogo, diaAt(new Date()));
  const config = readLambdaConfig();
  const resumen = await runPipeline({
    ...beginRun('ventas', context, config),
    solicitud,
    tunables: config.tunables,
    catalogo,
    publish: publishMetrics,
  });
  return requireComplete(
    resumen,
    toStoreOutcomes(resumen),
    toFailedRun(resumen, solicitud, catalogo),
    readPlace(),
  );
}
