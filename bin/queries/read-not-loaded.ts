import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/**
 * Those of the warehouses whose last attempt did not load them. A run that died or failed before any store does not record its
 * warehouses: it counts for every warehouse that no later run has loaded. A warehouse without any run has not failed.
 */
export async function readNotLoaded(client: Queryable, almacenes: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ codigo: string }>(
    `SELECT a.codigo
       FROM unnest($1::text[]) AS a (codigo)
       LEFT JOIN LATERAL (
            SELECT e.inicio, m.estado
              FROM etl_ejecuciones e
              JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
             -- A run of the future is an error of the clock.
             WHERE e.inicio <= now()
             ORDER BY e.inicio DESC LIMIT 1) AS u ON true
      WHERE u.estado <> 'cargado'
         OR EXISTS (SELECT FROM etl_ejecuciones e
                     WHERE e.flujo = 'inventario' AND (e.estado IN ('en_curso', 'abandonada') OR e.error_codigo IS NOT NULL)
                       AND e.inicio > coalesce(u.inicio, '-infinity'))
      ORDER BY a.codigo COLLATE "C"`,
    [almacenes],
  );
  return rows.map(({ codigo }) => codigo);
}
