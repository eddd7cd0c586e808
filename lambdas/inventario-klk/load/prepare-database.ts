import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../../core/config/catalogo.ts';
import type { Clock } from '../../core/time/clock.ts';
import { ensureUbicaciones } from '../../core/run/ensure-ubicaciones.ts';
import { readDatabaseClock } from '../../core/postgres/preflight.ts';
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import { hasStrayRows } from '../../core/run/stray-rows.ts';
import { MENSAJES_INVENTARIO } from '../log.ts';

/**
 * Inserts the stores and warehouses that the database lacks, and reads its clock.
 * @throws PipelineError `BD_*`, or the signal's reason
 */
export async function prepareDatabase(
  connection: Connection,
  tiendas: readonly Tienda[],
  logger: Logger,
  signal: AbortSignal,
): Promise<Clock> {
  // Independent statements, so no transaction. The clock is read last, closest to the answer.
  const [, , stray, clock] = await withRetries(signal, () =>
    connection.use(
      (client) =>
        Promise.all([
          ensureUbicaciones(client, tiendas),
          ensureAlmacenes(client, tiendas),
          hasStrayRows(client, 'inventario'),
          readDatabaseClock(client),
        ]),
      signal,
    ),
  );
  if (stray) logger.warn(MENSAJES_INVENTARIO.versionesSueltas);
  return clock;
}

/** Inserts the warehouses the database lacks. One that it has under another store is left there, and its load fails. */
export async function ensureAlmacenes(client: Queryable, tiendas: readonly Tienda[]): Promise<void> {
  const almacenes = tiendas.flatMap(({ id, almacenes }) =>
    almacenes.map((almacen) => ({ ...almacen, tienda: id })),
  );
  await client.query(
    `INSERT INTO almacenes (codigo, nombre, ubicacion_id)
     SELECT codigo, nombre, ubicacion_id
       FROM unnest($1::text[], $2::text[], $3::text[]) AS a (codigo, nombre, ubicacion_id)
      ORDER BY codigo
     ON CONFLICT (codigo) DO NOTHING`,
    [
      almacenes.map(({ codigo }) => codigo),
      almacenes.map(({ nombre }) => nombre),
      almacenes.map(({ tienda }) => tienda),
    ],
  );
}
