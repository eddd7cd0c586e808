import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../catalogo.ts';
import type { Clock } from '../clock.ts';
import { readDatabaseClock } from './database-clock.ts';
import type { Database } from './database.ts';
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
  // Each is complete by itself, so that they need no transaction; the clock comes last, nearest to its answer.
  const [, , stalestFirst, stray, clock] = await withRetries(signal, () =>
    database.withConnection(
      (client) =>
        Promise.all([
          ensureUbicaciones(client, tiendas),
          ensureAlmacenes(client, tiendas),
          readStalestFirst(client, tiendas),
          hasStrayHistorico(client),
          readDatabaseClock(client),
        ]),
      signal,
    ),
  );
  if (stray) logger.warn('Hay filas en inventario_historico_default: muévalas según docs/operacion.md');
  return { clock, stalestFirst };
}

/** Creates the coming months' partitions of the history. Only a warning when it fails: the default partition catches what has no other. */
export async function prepareParticiones(
  database: Database,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    await withTransaction(database, createParticiones, signal);
  } catch (error) {
    logger.warn('No se pudieron crear las particiones del histórico', { motivo: String(error) });
  }
}
