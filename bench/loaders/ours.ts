import { randomUUID } from 'node:crypto';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { createLogger } from '../../lambdas/core/run/log.ts';
import { TunablesSchema, toTunables } from '../../lambdas/inventario-klk/config.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { toStoreOutcomes } from '../../lambdas/inventario-klk/summary.ts';
import { CONCURRENCIA } from './loader.ts';
import type { Task } from './loader.ts';

const LIMIT_MS = 600_000;

/** The pipeline itself, with production's defaults. */
export async function loadWithPipeline({ klkUrl, database, tiendas }: Task): Promise<number> {
  const ejecucionId = randomUUID();
  const resumen = await runPipeline({
    ejecucionId,
    solicitud: { origen: 'programada', dryRun: false, forzar: true, tiendas },
    tunables: toTunables(
      TunablesSchema.parse({
        KLK_CONCURRENCIA: String(CONCURRENCIA),
        KLK_MAX_BYTES: '64000000',
      }),
    ),
    deadline: deadlineIn(LIMIT_MS),
    logger: createLogger(ejecucionId, 'inventario'),
    readKlkSettings: () => Promise.resolve({ baseUrl: new URL(klkUrl), headers: {} }),
    readDatabaseSettings: () => Promise.resolve(database),
  });
  return requireComplete(
    resumen,
    toStoreOutcomes(resumen),
    { tiendas: [], dryRun: false, forzar: true },
    { program: 'etl' },
  ).totales.inventario;
}
