import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** A line of sales that was rejected. */
export interface LineaRechazada {
  /** `2026-11-24`. */
  readonly dia: string;
  /** When the slice begins, `HH:MM`. */
  readonly desde: string;
  /** Null what could not be read. */
  readonly factura: string | null;
  readonly linea: number | null;
  readonly producto: string | null;
  readonly motivo: string;
  /** As received: JSON text of at most 2 kB. */
  readonly fila: string;
}

/** What one store has in quarantine of its sales, by the run that read it last. */
export interface RechazosVentas {
  readonly tienda: string;
  readonly ejecucionId: string;
  readonly inicio: Date;
  /** How many lines were rejected; more than `filas` when the run had too many to keep. */
  readonly rechazados: number;
  readonly filas: readonly LineaRechazada[];
}

/** The lines that the last reading of each slice of these stores rejected, newest day first; at most the last 40 days. */
export async function readRechazosVentas(
  client: Queryable,
  tiendas: readonly string[],
): Promise<RechazosVentas[]> {
  const { rows } = await client.query<RechazosVentas>(
    `SELECT t.tienda, t.id AS "ejecucionId", e.inicio, t.rechazados, r.filas
       FROM (SELECT ubicacion_id::text AS tienda, ejecucion_id AS id, sum(rechazadas)::integer AS rechazados
               FROM ventas_tramos
              WHERE ubicacion_id = ANY ($1::text[]) AND rechazadas > 0
                AND dia > (now() AT TIME ZONE 'America/Caracas')::date - 40
              GROUP BY 1, 2) AS t
       JOIN etl_ejecuciones e ON e.id = t.id
      CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(json_build_object('dia', to_char(r.dia, 'YYYY-MM-DD'), 'desde', left(r.desde::text, 5),
                                                       'factura', r.numero_factura, 'linea', r.linea, 'producto', r.producto_codigo,
                                                       'motivo', r.motivo, 'fila', r.fila) ORDER BY r.dia DESC, r.id), '[]') AS filas
              FROM ventas_rechazos r
             WHERE r.ejecucion_id = t.id AND r.ubicacion_id = t.tienda) AS r
      ORDER BY t.tienda, e.inicio DESC`,
    [tiendas],
  );
  return rows;
}
