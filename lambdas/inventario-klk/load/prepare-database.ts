import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../catalogo.ts';
import type { Clock } from '../clock.ts';
import { readDatabaseClock } from './database-clock.ts';
import type { Database, Queryable } from './database.ts';
import { ensureAlmacenes } from './ensure-almacenes.ts';
import { ensureUbicaciones } from './ensure-ubicaciones.ts';
import { createParticiones, hasStrayHistorico } from './particiones.ts';
import { readStalestFirst } from './read-stalest-first.ts';
import { withRetries } from './retry.ts';
import { withTransaction } from './transaction.ts';

/** What the database says before a load. */
export interface Prepared {
  readonly clock: Clock;
  /** Warehouse codes, the one whose accepted snapshot is oldest first; those never loaded before all. */
  readonly stalestFirst: readonly string[];
}

/**
 * Gives the database what the stores need, and reads its clock and how old each warehouse is.
 * @throws PipelineError `BD_*`, or the signal's reason
 */
export async function prepareDatabase(
  database: Database,
  tiendas: readonly Tienda[],
  logger: Logger,
  signal: AbortSignal,
): Promise<Prepared> {
  await preparePartitions(database, logger, signal);
  const prepare = async (client: Queryable): Promise<Prepared> => {
    const [, , stalestFirst] = await Promise.all([
      ensureUbicaciones(client, tiendas),
      ensureAlmacenes(client, tiendas),
      readStalestFirst(client, tiendas),
    ]);
    return { clock: await readDatabaseClock(client), stalestFirst };
  };
  return withRetries(signal, () => withTransaction(database, prepare, signal));
}

/** Only a warning when it fails: the default partition catches what has no other. */
async function preparePartitions(database: Database, logger: Logger, signal: AbortSignal): Promise<void> {
  try {
    await withTransaction(database, createParticiones, signal);
  } catch (error) {
    logger.warn('No se pudieron crear las particiones del histórico', { motivo: String(error) });
  }
  if (await withRetries(signal, () => database.withConnection(hasStrayHistorico, signal))) {
    logger.warn('Hay filas en inventario_historico_default: muévalas según docs/operacion.md');
  }
}
