import type { Logger } from '@aws-lambda-powertools/logger';
import type { Tienda } from '../../core/config/catalogo.ts';
import { toPipelineError } from '../../core/errors/errors.ts';
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import type { RecordConnection } from '../../core/run/run.ts';
import { toPrecedence } from '../precedence.ts';
import type { AlmacenHistory, Precedence } from '../precedence.ts';
import { MENSAJES_INVENTARIO } from '../log.ts';

/**
 * The order of the warehouses, by the records of earlier runs. If these cannot be read in time, the order is that of the last accepted
 * snapshots.
 * @throws PipelineError `BD_*`, or the signal's reason
 */
export async function readPrecedence(
  connection: Connection,
  recording: RecordConnection,
  tiendas: readonly Tienda[],
  logger: Logger,
  signal: AbortSignal,
): Promise<Precedence> {
  try {
    const histories = await recording.connection.use(
      (client) => readHistories(client, tiendas),
      recording.limit(),
    );
    return toPrecedence(histories);
  } catch (error) {
    logger.warn(MENSAJES_INVENTARIO.sinAntecedentes, {
      motivo: toPipelineError(error).message,
    });
    return toPrecedence(
      await withRetries(signal, () =>
        connection.use((client) => readUltimasExtracciones(client, tiendas), signal),
      ),
    );
  }
}

/** At most so many past runs are read. */
const RECENT_RUNS = 20;

/** The last accepted snapshot of the stores' warehouses, and what the last run that processed them recorded. */
async function readHistories(client: Queryable, tiendas: readonly Tienda[]): Promise<AlmacenHistory[]> {
  const { rows } = await client.query<AlmacenHistory>(
    `WITH recientes AS (
       SELECT id, inicio FROM etl_ejecuciones
        -- A run that begins in the future has a wrong clock.
        WHERE flujo = 'inventario' AND estado IN ('exitosa', 'parcial', 'fallida', 'abandonada') AND inicio <= clock_timestamp() ORDER BY inicio DESC LIMIT $2::integer
     ), anotados AS (
       SELECT m.almacen_codigo, (array_agg(m.error_codigo ORDER BY r.inicio DESC))[1] AS error,
              (array_agg(m.ms_extraccion > 0 ORDER BY r.inicio DESC))[1] AS preguntado,
              -- Attempts that ended before KLK answered do not change what was known.
              (array_agg(m.error_codigo ORDER BY r.inicio DESC)
                FILTER (WHERE coalesce(m.error_codigo, '') NOT IN ('KLK_CAIDA', 'SIN_TIEMPO')))[1] AS respuesta
         FROM etl_ejecucion_almacenes m JOIN recientes r ON r.id = m.ejecucion_id
        -- Named once more, so that the primary key finds them among years of records.
        WHERE m.ejecucion_id = ANY (ARRAY(SELECT id FROM recientes)) AND m.almacen_codigo = ANY ($1::text[])
        GROUP BY m.almacen_codigo
     )
     SELECT a.codigo AS almacen, (SELECT max(extraccion) FROM almacen_snapshots WHERE almacen_codigo = a.codigo) AS "ultimaExtraccion", n.almacen_codigo IS NOT NULL AS anotado,
            n.error, coalesce(n.preguntado, false) AS preguntado, n.respuesta
       FROM almacenes a LEFT JOIN anotados n ON n.almacen_codigo = a.codigo
      WHERE a.codigo = ANY ($1::text[])
      ORDER BY a.codigo COLLATE "C"`,
    [tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo)), RECENT_RUNS],
  );
  return rows;
}

/** The same without the records of runs. */
async function readUltimasExtracciones(
  client: Queryable,
  tiendas: readonly Tienda[],
): Promise<AlmacenHistory[]> {
  const { rows } = await client.query<AlmacenHistory>(
    `SELECT codigo AS almacen, (SELECT max(extraccion) FROM almacen_snapshots WHERE almacen_codigo = codigo) AS "ultimaExtraccion", false AS anotado, NULL AS error, false AS preguntado,
            NULL AS respuesta
       FROM almacenes WHERE codigo = ANY ($1::text[])
      ORDER BY codigo COLLATE "C"`,
    [tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo))],
  );
  return rows;
}
