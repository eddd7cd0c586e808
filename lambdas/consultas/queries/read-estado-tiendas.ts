import type { Queryable } from '../../core/postgres/connection.ts';

/** How a store stands. */
export interface EstadoTienda {
  readonly id: string;
  readonly existenciasHasta: string | null;
  /** Its warehouses that were never loaded. */
  readonly sinCargar: readonly string[];
  readonly articulos: number;
  readonly agotados: number;
  readonly negativos: number;
  readonly ventasHasta: string | null;
  /** Today until the last full hour that was read whole, null before there is one, and a week before until the same hour. */
  readonly ventaUsd: number | null;
  readonly facturas: number | null;
  readonly diaHabitual: string;
  readonly ventaHabitualUsd: number;
  readonly facturasHabituales: number;
  /** Change against the week before, in percent; null where it sold nothing. */
  readonly variacionPct: number | null;
  /** Whether both days were read whole until that hour, and there is one. */
  readonly comparable: boolean;
}

/** The state of these stores. An hour counts once it is over and was read after its end. */
export async function readEstadoTiendas(
  client: Queryable,
  tiendas: readonly string[],
  hoy: string,
): Promise<readonly EstadoTienda[]> {
  const { rows } = await client.query<EstadoTienda>({
    name: 'estado-tiendas',
    text: `
      WITH corte AS (
        SELECT f.tienda, f.existencias_hasta, f.sin_cargar, f.ventas_hasta,
               greatest(0, least(24, coalesce(floor(extract(epoch FROM (f.ventas_hasta AT TIME ZONE 'America/Caracas') - $2::date) / 3600), 0)))::integer AS hora
          FROM consultas.frescura f WHERE f.tienda = ANY ($1::text[])
      ), dias AS (
        SELECT c.tienda, d.dia, v.venta, v.facturas, coalesce(t.leidos, false) AS leidos
          FROM corte c
         CROSS JOIN (VALUES ($2::date), ($2::date - 7)) AS d (dia)
          LEFT JOIN LATERAL (
                SELECT coalesce(sum(h.venta_total), 0) AS venta, coalesce(sum(h.facturas), 0) AS facturas
                  FROM consultas.ventas_horas h WHERE h.tienda = c.tienda AND h.dia = d.dia AND h.hora < c.hora) AS v ON true
          LEFT JOIN LATERAL (
                SELECT bool_and(s.estado <> 'fallido' AND s.leido >= least(s.dia + s.hasta, s.dia + make_interval(hours => c.hora)) AT TIME ZONE 'America/Caracas') AS leidos
                  FROM consultas.tramos s
                 WHERE s.tienda = c.tienda AND s.dia = d.dia AND s.dia + s.desde < s.dia + make_interval(hours => c.hora)) AS t ON true
      )
      SELECT c.tienda::text AS id, consultas.iso(c.existencias_hasta) AS "existenciasHasta", c.sin_cargar AS "sinCargar",
             coalesce(r.articulos, 0)::integer AS articulos, coalesce(r.agotados, 0)::integer AS agotados, coalesce(r.negativos, 0)::integer AS negativos,
             consultas.iso(c.ventas_hasta) AS "ventasHasta",
             CASE WHEN c.hora > 0 THEN round(h.venta, 2)::float8 END AS "ventaUsd", CASE WHEN c.hora > 0 THEN h.facturas::integer END AS facturas,
             to_char(a.dia, 'YYYY-MM-DD') AS "diaHabitual", round(a.venta, 2)::float8 AS "ventaHabitualUsd", a.facturas::integer AS "facturasHabituales",
             round(100 * (h.venta - a.venta) / nullif(greatest(a.venta, 0), 0), 1)::float8 AS "variacionPct",
             c.hora > 0 AND h.leidos AND a.leidos AS comparable
        FROM corte c
        JOIN dias h ON h.tienda = c.tienda AND h.dia = $2::date
        JOIN dias a ON a.tienda = c.tienda AND a.dia = $2::date - 7
        LEFT JOIN consultas.existencias_resumen r ON r.tienda = c.tienda`,
    values: [tiendas, hoy],
  });
  return rows;
}
