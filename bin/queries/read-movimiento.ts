import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** What one run's loads changed in the stock. */
export interface Movimiento {
  readonly ejecucionId: string;
  readonly inicio: Date;
  /** Articles whose quantity changed or that disappeared. */
  readonly articulos: number;
  /** Sum of the absolute differences, in units and kilos. */
  readonly cantidad: number;
}

/** Runs compared. A whole year of versions would take the database minutes. */
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
       FROM etl_ejecuciones WHERE flujo = 'inventario' AND cargadas > 0 ORDER BY inicio DESC LIMIT $1::integer`,
    [LATEST],
  );
  return rows.reverse();
}

/** What changed at each moment at which a warehouse was loaded: the version that ended then against the one that began. */
async function readMoments(client: Queryable, desde: Date): Promise<Moment[]> {
  const { rows } = await client.query<Moment>(
    `WITH cerradas AS (
       SELECT v.almacen_codigo, v.producto_id, v.cantidad, v.vigente_desde, v.vigente_hasta
         FROM almacenes a
        CROSS JOIN casillas_de($1::timestamptz, clock_timestamp()) AS c
         JOIN inventario_versiones v
           ON v.almacen_codigo = a.codigo AND v.casilla = ANY (c.casillas)
          AND v.vigente_hasta >= $1::timestamptz AND v.vigente_hasta < c.fin
     ), empezadas AS (
       SELECT almacen_codigo, producto_id, cantidad, vigente_desde FROM cerradas
        UNION ALL
       SELECT almacen_codigo, producto_id, cantidad, vigente_desde FROM inventario_vigente
     )
     SELECT c.vigente_hasta AS momento, count(*)::integer AS articulos,
            sum(abs(coalesce(e.cantidad, 0) - c.cantidad))::float8 AS cantidad
       FROM cerradas c
       LEFT JOIN empezadas e
         ON e.almacen_codigo = c.almacen_codigo AND e.producto_id = c.producto_id AND e.vigente_desde = c.vigente_hasta
      WHERE e.cantidad IS DISTINCT FROM c.cantidad
      GROUP BY c.vigente_hasta`,
    [desde],
  );
  return rows;
}
