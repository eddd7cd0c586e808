import { randomUUID } from 'node:crypto';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { TunablesSchema, toTunables } from '../../lambdas/ventas-klk/config.ts';
import { runPipeline } from '../../lambdas/ventas-klk/pipeline.ts';
import { toStoreOutcomes } from '../../lambdas/ventas-klk/summary.ts';
import type { Task } from './loader.ts';

const LIMIT_MS = 3_600_000;

/** The sales pipeline with production's defaults: the days of the task, or what is due. Returns the lines received. */
export async function loadVentasWithPipeline({ klkUrl, database, tiendas, dias }: Task): Promise<number> {
  const ejecucionId = randomUUID();
  const resumen = await runPipeline({
    ejecucionId,
    solicitud: { origen: 'programada', dryRun: false, forzar: false, tiendas, ...dias },
    tunables: toTunables(TunablesSchema.parse({})),
    catalogo: tiendas,
    deadline: deadlineIn(LIMIT_MS),
    logger: createLogger(ejecucionId, 'ventas'),
    readKlkSettings: () => Promise.resolve({ baseUrl: new URL(klkUrl), headers: {} }),
    readDatabaseSettings: () => Promise.resolve(database),
  });
  return requireComplete(
    resumen,
    toStoreOutcomes(resumen),
    { tiendas: [], dryRun: false, forzar: false },
    { program: 'etl' },
  ).totales.extraidos;
}
