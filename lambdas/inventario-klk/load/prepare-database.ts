import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../catalogo.ts';
import type { Clock } from '../clock.ts';
import { toPrecedence } from '../precedence.ts';
import type { Precedence } from '../precedence.ts';
import { readDatabaseClock } from './database-clock.ts';
import type { Database } from './database.ts';
import { ensureAlmacenes } from './ensure-almacenes.ts';
import { ensureUbicaciones } from './ensure-ubicaciones.ts';
import { hasStrayVersiones } from './particiones.ts';
import { readAntecedentes, readUltimasExtracciones } from './read-antecedentes.ts';
import { withRetries } from './retry.ts';

/**
 * Gives the database what the stores need, and reads its clock.
 * @throws PipelineError `BD_*`, or the signal's reason
 */
export async function prepareDatabase(
  database: Database,
  tiendas: readonly Tienda[],
  logger: Logger,
  signal: AbortSignal,
): Promise<Clock> {
  // Each is complete by itself, so that they need no transaction; the clock comes last, nearest to its answer.
  const [, , stray, clock] = await withRetries(signal, () =>
    database.withConnection(
      (client) =>
        Promise.all([
          ensureUbicaciones(client, tiendas),
          ensureAlmacenes(client, tiendas),
          hasStrayVersiones(client),
          readDatabaseClock(client),
        ]),
      signal,
    ),
  );
  if (stray)
    logger.warn('Hay versiones en inventario_versiones_default: la próxima migración diaria las mueve');
  return clock;
}

/**
 * In which order the warehouses are taken, by what earlier runs have recorded. A run does not depend on records: where they cannot be
 * read within `limit`, the order is that of the last accepted snapshots.
 * @throws PipelineError `BD_*`, or the signal's reason
 */
export async function readPrecedence(
  database: Database,
  records: { readonly database: Database; readonly limit: () => AbortSignal },
  tiendas: readonly Tienda[],
  logger: Logger,
  signal: AbortSignal,
): Promise<Precedence> {
  try {
    const antecedentes = await records.database.withConnection(
      (client) => readAntecedentes(client, tiendas),
      records.limit(),
    );
    return toPrecedence(antecedentes);
  } catch (error) {
    logger.warn('No se pudo leer cómo dejaron los almacenes las ejecuciones anteriores', {
      motivo: String(error),
    });
    return toPrecedence(
      await withRetries(signal, () =>
        database.withConnection((client) => readUltimasExtracciones(client, tiendas), signal),
      ),
    );
  }
}
