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
const LATEST = 12;

interface Recent {
  readonly ejecucionId: string;
  readonly inicio: Date;
  readonly fin: Date;
}

interface Moment {
  readonly momento: Date;
  readonly articulos: number;
  readonly cantidad: number;
}

/** What the latest runs that loaded anything changed, oldest first. */
export async function readMovimiento(client: Queryable): Promise<Movimiento[]> {
  const recent = await readRecent(client);
  const [oldest] = recent;
  const moments = oldest === undefined ? [] : await readMoments(client, oldest.inicio);
  return recent.map(({ ejecucionId, inicio, fin }) => {
    const own = moments.filter(({ momento }) => inicio <= momento && momento <= fin);
    const sum = (key: 'articulos' | 'cantidad'): number =>
      own.reduce((total, moment) => total + moment[key], 0);
    return { ejecucionId, inicio, articulos: sum('articulos'), cantidad: sum('cantidad') };
  });
}

async function readRecent(client: Queryable): Promise<Recent[]> {
  const { rows } = await client.query<Recent>(
    `SELECT id AS "ejecucionId", inicio, coalesce(fin, now()) AS fin
       FROM etl_ejecuciones WHERE cargadas > 0 ORDER BY inicio DESC LIMIT $1::integer`,
    [LATEST],
  );
  return rows.reverse();
}

/**
 * What changed at each moment at which a warehouse was loaded: the version that ended then against the one that began. Warehouse by
 * warehouse, because only within one does the history have an index by time; short and long versions as in inventario_en.
 */
async function readMoments(client: Queryable, desde: Date): Promise<Moment[]> {
  const { rows } = await client.query<Moment>(
    `SELECT m.momento, m.articulos, m.cantidad
       FROM almacenes a
      CROSS JOIN LATERAL (
            SELECT t.fecha_reemplazo AS momento, count(*)::integer AS articulos,
                   sum(abs(coalesce(h.cantidad, i.cantidad, 0) - t.cantidad))::float8 AS cantidad
              FROM (SELECT fecha_reemplazo, producto_id, cantidad FROM inventario_historico
                     WHERE ubicacion_id = a.ubicacion_id AND almacen_codigo = a.codigo
                       AND fecha_snapshot > $1::timestamptz - interval '2 hours' AND fecha_reemplazo >= $1::timestamptz
                       AND fecha_reemplazo - fecha_snapshot < interval '2 hours'
                     UNION ALL
                    SELECT fecha_reemplazo, producto_id, cantidad FROM inventario_historico
                     WHERE ubicacion_id = a.ubicacion_id AND almacen_codigo = a.codigo
                       AND fecha_reemplazo >= $1::timestamptz
                       AND fecha_reemplazo - fecha_snapshot >= interval '2 hours') AS t
              LEFT JOIN (SELECT fecha_snapshot, producto_id, cantidad FROM inventario_historico
                          WHERE ubicacion_id = a.ubicacion_id AND almacen_codigo = a.codigo
                            AND fecha_snapshot >= $1::timestamptz) AS h
                ON h.fecha_snapshot = t.fecha_reemplazo AND h.producto_id = t.producto_id
              LEFT JOIN inventario_actual i
                ON i.ubicacion_id = a.ubicacion_id AND i.almacen_codigo = a.codigo
               AND i.vigente_desde = t.fecha_reemplazo AND i.producto_id = t.producto_id
             WHERE coalesce(h.cantidad, i.cantidad) IS DISTINCT FROM t.cantidad
             GROUP BY t.fecha_reemplazo) AS m`,
    [desde],
  );
  return rows;
}
