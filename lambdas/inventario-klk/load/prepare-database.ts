import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../catalogo.ts';
import type { Clock } from '../clock.ts';
import { readDatabaseClock } from './database-clock.ts';
import type { Database } from './database.ts';
import { ensureAlmacenes } from './ensure-almacenes.ts';
import { ensureUbicaciones } from './ensure-ubicaciones.ts';
import { createParticiones, hasStrayHistorico } from './particiones.ts';
import { checkDatabase } from './preflight.ts';
import { withTransaction } from './transaction.ts';

/**
 * Makes sure that the database can be loaded and has what the stores need, and reads its clock.
 * @throws PipelineError `BD_*`
 */
export async function prepareDatabase(
  database: Database,
  tiendas: readonly Tienda[],
  logger: Logger,
): Promise<Clock> {
  await database.withConnection(checkDatabase);
  await preparePartitions(database, logger);
  return withTransaction(database, async (client) => {
    await ensureUbicaciones(client, tiendas);
    await ensureAlmacenes(client, tiendas);
    return readDatabaseClock(client);
  });
}

/** Only a warning when it fails: the default partition catches what has no other. */
async function preparePartitions(database: Database, logger: Logger): Promise<void> {
  try {
    await withTransaction(database, createParticiones);
  } catch (error) {
    logger.warn('No se pudieron crear las particiones del histórico', { motivo: String(error) });
  }
  if (await database.withConnection(hasStrayHistorico)) {
    logger.warn('Hay filas en inventario_historico_default: muévalas según docs/operacion.md');
  }
}
