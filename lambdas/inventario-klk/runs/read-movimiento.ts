import type { Queryable } from '../load/database.ts';

/** What one run's loads changed in the stock. */
export interface Movimiento {
  readonly ejecucionId: string;
  readonly inicio: Date;
  /** Articles whose quantity changed or that disappeared. */
  readonly articulos: number;
  /** How much went in and out, added up without sign: units and kilos. */
  readonly cantidad: number;
}

/** Runs looked at: comparing a whole year of versions would keep the database busy for minutes. */
const LATEST = 24;

/**
 * What the latest runs that loaded anything changed, oldest first. A version that ended when a run loaded its warehouse is compared with the one
 * that began then; short and long versions are sought as in the function inventario_en, each by its own index.
 */
export async function readMovimiento(client: Queryable): Promise<Movimiento[]> {
  const { rows } = await client.query<Movimiento>(
    `WITH recientes AS (
       SELECT id, inicio, coalesce(fin, now()) AS fin
         FROM etl_ejecuciones WHERE cargadas > 0 ORDER BY inicio DESC LIMIT $1::integer
     ), limite AS (
       SELECT min(inicio) AS desde FROM recientes
     ), terminadas AS (
       SELECT h.* FROM limite CROSS JOIN almacenes a
         JOIN inventario_historico h ON h.ubicacion_id = a.ubicacion_id AND h.almacen_codigo = a.codigo
        WHERE h.fecha_snapshot > desde - interval '2 hours' AND h.fecha_reemplazo >= desde
          AND h.fecha_reemplazo - h.fecha_snapshot < interval '2 hours'
        UNION ALL
       SELECT h.* FROM limite CROSS JOIN almacenes a
         JOIN inventario_historico h ON h.ubicacion_id = a.ubicacion_id AND h.almacen_codigo = a.codigo
        WHERE h.fecha_reemplazo >= desde AND h.fecha_reemplazo - h.fecha_snapshot >= interval '2 hours'
     ), cambios AS (
       SELECT t.fecha_reemplazo, t.cantidad AS antes, coalesce(h.cantidad, i.cantidad) AS despues
         FROM terminadas t
         LEFT JOIN inventario_historico h
           ON h.ubicacion_id = t.ubicacion_id AND h.almacen_codigo = t.almacen_codigo
          AND h.fecha_snapshot = t.fecha_reemplazo AND h.producto_id = t.producto_id
         LEFT JOIN inventario_actual i
           ON i.ubicacion_id = t.ubicacion_id AND i.almacen_codigo = t.almacen_codigo
          AND i.vigente_desde = t.fecha_reemplazo AND i.producto_id = t.producto_id
     ), momentos AS (
       SELECT fecha_reemplazo, count(*) AS articulos, sum(abs(coalesce(despues, 0) - antes)) AS cantidad
         FROM cambios WHERE despues IS DISTINCT FROM antes GROUP BY fecha_reemplazo
     )
     SELECT r.id AS "ejecucionId", r.inicio, coalesce(sum(m.articulos), 0)::integer AS articulos,
            coalesce(sum(m.cantidad), 0)::float8 AS cantidad
       FROM recientes r LEFT JOIN momentos m ON m.fecha_reemplazo BETWEEN r.inicio AND r.fin
      GROUP BY r.id, r.inicio ORDER BY r.inicio`,
    [LATEST],
  );
  return rows;
}
