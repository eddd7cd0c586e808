import { readCatalogo } from '../core/config/catalogo.ts';
import { readPlace } from '../core/run/remedy.ts';
import { beginQuestion, beginRun } from '../core/run/lambda.ts';
import type { InvocationContext } from '../core/run/lambda.ts';
import { requireComplete } from '../core/run/outcome.ts';
import { answerWithRemedy } from '../core/run/question.ts';
import { readLambdaConfig } from './config.ts';
import { parseEvent, parseQuestion, toAskedRun } from './event.ts';
import { publishMetrics } from './metrics.ts';
import { runPipeline } from './pipeline.ts';
import { diagnose } from './questions/diagnose.ts';
import type { Diagnosis } from './questions/diagnose.ts';
import { readEstado } from './questions/read-estado.ts';
import type { EstadoInventario } from './questions/read-estado.ts';
import { toStoreOutcomes } from './summary.ts';
import type { Resumen } from './summary.ts';

const ANSWERS = { diagnostico: diagnose, estado: readEstado };

/**
 * The Lambda's entry: loads the stores that the event asks for and returns the summary, or answers a question.
 * @throws SolicitudInvalida or ConfiguracionInvalida before anything is touched; afterwards EjecucionFallida or EjecucionIncompleta for a
 * run, PipelineError for a question.
 */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<Resumen | Diagnosis | EstadoInventario> {
  const catalogo = readCatalogo();
  const accion = parseQuestion(event, catalogo);
  if (accion !== undefined) {
    const asked = { words: [accion] };
    return answerWithRemedy<Diagnosis | EstadoInventario>(
      asked,
      beginQuestion(catalogo, context, readLambdaConfig),
      ANSWERS[accion],
    );
  }
  const solicitud = parseEvent(event, catalogo);
  const config = readLambdaConfig();
  const resumen = await runPipeline({
    ...beginRun('inventario', context, config),
    solicitud,
    tunables: config.tunables,
    publish: (resumen, antiguedades) => {
      publishMetrics(resumen, antiguedades, catalogo);
    },
  });
  return requireComplete(resumen, toStoreOutcomes(resumen), toAskedRun(solicitud, catalogo), readPlace());
}
