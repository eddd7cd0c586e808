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

/** What one store has in quarantine of its sales, by the run that kept it. */
export interface RechazosVentas {
  readonly tienda: string;
  readonly ejecucionId: string;
  readonly inicio: Date;
  /** How many lines were rejected; more than `filas` when the run had too many to keep. */
  readonly rechazados: number;
  readonly filas: readonly LineaRechazada[];
}

/** A slice with rejected lines. */
interface TramoConRechazos extends Omit<RechazosVentas, 'rechazados'> {
  /** Of the last accepted answer. */
  readonly rechazadas: number;
}

/**
 * The rejected lines of each slice of these stores whose last accepted answer had some, or whose last answer was refused because of them, newest day first; at most the
 * last 40 days. They are those of the last run that kept some: a later one may have failed, or had no room.
 */
export async function readRechazosVentas(
  client: Queryable,
  tiendas: readonly string[],
): Promise<RechazosVentas[]> {
  const { rows } = await client.query<TramoConRechazos>(
    `WITH tramos AS (
       SELECT ubicacion_id, dia, desde, rechazadas, ejecucion_id
         FROM ventas_tramos
        WHERE ubicacion_id = ANY ($1::text[]) AND (rechazadas > 0 OR error_codigo = 'FILAS_MALAS')
          AND dia > (now() AT TIME ZONE 'America/Caracas')::date - 40
     ), guardados AS (
       SELECT DISTINCT ON (r.ubicacion_id, r.dia, r.desde) r.ubicacion_id, r.dia, r.desde, r.ejecucion_id
         FROM ventas_rechazos r JOIN tramos USING (ubicacion_id, dia, desde) JOIN etl_ejecuciones e ON e.id = r.ejecucion_id
        ORDER BY r.ubicacion_id, r.dia, r.desde, e.inicio DESC
     )
     SELECT t.ubicacion_id AS tienda, e.id AS "ejecucionId", e.inicio, t.rechazadas, f.filas
       FROM tramos t
       LEFT JOIN guardados g USING (ubicacion_id, dia, desde)
       JOIN etl_ejecuciones e ON e.id = coalesce(g.ejecucion_id, t.ejecucion_id)
      CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(json_build_object('dia', to_char(r.dia, 'YYYY-MM-DD'), 'desde', left(r.desde::text, 5),
                                                       'factura', r.numero_factura, 'linea', r.linea, 'producto', r.producto_codigo,
                                                       'motivo', r.motivo, 'fila', r.fila) ORDER BY r.id), '[]') AS filas
              FROM ventas_rechazos r
             WHERE r.ejecucion_id = g.ejecucion_id AND (r.ubicacion_id, r.dia, r.desde) = (t.ubicacion_id, t.dia, t.desde)) AS f
      ORDER BY t.ubicacion_id, e.inicio DESC, t.dia DESC, t.desde`,
    [tiendas],
  );
  return [...Map.groupBy(rows, ({ tienda, ejecucionId }) => `${tienda} ${ejecucionId}`).values()].flatMap(
    (tramos) => {
      const [first] = tramos;
      if (first === undefined) return [];
      const { tienda, ejecucionId, inicio } = first;
      return {
        tienda,
        ejecucionId,
        inicio,
        rechazados: tramos.reduce(
          (sum, { rechazadas, filas }) => sum + Math.max(rechazadas, filas.length),
          0,
        ),
        filas: tramos.flatMap(({ filas }) => filas),
      };
    },
  );
}
