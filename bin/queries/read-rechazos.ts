import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** A row that was rejected. */
export interface FilaRechazada {
  /** Null when its code could not be read. */
  readonly producto: string | null;
  readonly motivo: string;
  /** As received: JSON text of at most 2 kB. */
  readonly fila: string;
}

/** What one warehouse has in quarantine. */
export interface RechazosAlmacen {
  readonly almacen: string;
  readonly tienda: string;
  readonly ejecucionId: string;
  readonly inicio: Date;
  /** How many rows were rejected; more than `filas` when the run had too many to keep. */
  readonly rechazados: number;
  readonly filas: readonly FilaRechazada[];
}

/** The rows that the last run with an answer rejected, for each of these warehouses; those without rejections are left out. */
export async function readRechazos(
  client: Queryable,
  almacenes: readonly string[],
): Promise<RechazosAlmacen[]> {
  const { rows } = await client.query<RechazosAlmacen>(
    `SELECT a.codigo AS almacen, u.ubicacion_id AS tienda, u.id AS "ejecucionId", u.inicio, u.rechazados, r.filas
       FROM unnest($1::text[]) AS a (codigo)
      CROSS JOIN LATERAL (
            SELECT e.id, e.inicio, m.ubicacion_id, m.rechazados
              FROM etl_ejecuciones e
              JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
             WHERE m.extraidos > 0
             ORDER BY e.inicio DESC LIMIT 1) AS u
      CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(json_build_object('producto', producto_codigo, 'motivo', motivo, 'fila', fila) ORDER BY id), '[]') AS filas
              FROM etl_rechazos WHERE ejecucion_id = u.id AND almacen_codigo = a.codigo) AS r
      WHERE u.rechazados > 0
      ORDER BY u.ubicacion_id, a.codigo`,
    [almacenes],
  );
  return rows;
}
