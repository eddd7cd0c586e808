import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** One attempt to load a warehouse. */
export interface Intento {
  /** ISO 8601: it comes from JSON. */
  readonly inicio: string;
  readonly estado: string;
}

/** The latest attempts on each of these warehouses, oldest first; one that was never tried is left out. */
export async function readIntentos(
  client: Queryable,
  almacenes: readonly string[],
  maximo: number,
): Promise<Readonly<Record<string, readonly Intento[]>>> {
  const { rows } = await client.query<{ almacen: string; intentos: readonly Intento[] }>(
    `SELECT a.codigo AS almacen, json_agg(json_build_object('inicio', u.inicio, 'estado', u.estado) ORDER BY u.inicio) AS intentos
       FROM unnest($1::text[]) AS a (codigo)
      CROSS JOIN LATERAL (
            SELECT e.inicio, m.estado
              FROM etl_ejecuciones e
              JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
             WHERE e.inicio <= now()
             ORDER BY e.inicio DESC LIMIT $2::integer) AS u
      GROUP BY a.codigo
      ORDER BY a.codigo`,
    [almacenes, maximo],
  );
  return Object.fromEntries(rows.map(({ almacen, intentos }) => [almacen, intentos]));
}
