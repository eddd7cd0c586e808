import { readCatalogo } from '../core/config/catalogo.ts';
import { readPlace } from '../core/run/remedy.ts';
import { beginQuestion, beginRun } from '../core/run/lambda.ts';
import type { InvocationContext } from '../core/run/lambda.ts';
import { requireComplete } from '../core/run/outcome.ts';
import { answerWithRemedy } from '../core/run/question.ts';
import { diaAt } from '../core/time/dia.ts';
import { readLambdaConfig } from './config.ts';
import { parseEvent, parseQuestion, toAskedRun } from './event.ts';
import { publishMetrics } from './metrics.ts';
import { runPipeline } from './pipeline.ts';
import { readEstadoVentas } from './questions/read-estado-ventas.ts';
import type { EstadoVentas } from './questions/read-estado-ventas.ts';
import { toStoreOutcomes } from './summary.ts';
import type { Resumen } from './summary.ts';

/**
 * The Lambda's entry: reads the sales that are due, or those that the event asks for, and returns the summary, or answers a question.
 * @throws SolicitudInvalida or ConfiguracionInvalida before anything is touched; afterwards EjecucionFallida or EjecucionIncompleta for a
 * run, PipelineError for a question.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<Resumen | EstadoVentas> {
  const catalogo = readCatalogo();
  const accion = parseQuestion(event, catalogo);
  if (accion !== undefined) {
    const asked = { flujo: 'ventas', words: [accion] } as const;
    return answerWithRemedy(asked, beginQuestion(catalogo, context, readLambdaConfig), readEstadoVentas);
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
  return requireComplete(resumen, toStoreOutcomes(resumen), toAskedRun(solicitud, catalogo), readPlace());
}
