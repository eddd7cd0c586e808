import { randomUUID } from 'node:crypto';
import { deadlineIn } from '../../lambdas/inventario-klk/deadline.ts';
import { createLogger } from '../../lambdas/inventario-klk/logger.ts';
import { TunablesSchema } from '../../lambdas/inventario-klk/env-schemas.ts';
import { concludeRun } from '../../lambdas/inventario-klk/outcome.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { toTunables } from '../../lambdas/inventario-klk/tunables.ts';
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
    logger: createLogger(ejecucionId),
    readKlkSettings: () => Promise.resolve({ baseUrl: new URL(klkUrl), headers: {} }),
    readDatabaseSettings: () => Promise.resolve(database),
  });
  return concludeRun(resumen, { tiendas: [], dryRun: false, forzar: true }, { program: 'etl' }).totales
    .inventario;
}
