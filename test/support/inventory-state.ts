import type { TestDatabase } from './database.ts';

type Row = Record<string, unknown>;

/** Hour and minute, UTC: the tests play on one day. */
const hora = (columna: string): string => `to_char(${columna} AT TIME ZONE 'UTC', 'HH24:MI')`;

/** The current rows of a warehouse: article, quantity as text, since when it is a version, when it was last confirmed. */
export const readInventario = (database: TestDatabase, almacen = 'APP-TPF'): Promise<Row[]> =>
  database.query(
    `SELECT producto_id AS codigo, cantidad::text, ${hora('vigente_desde')} AS desde,
            ${hora('fecha_actualizacion')} AS confirmada
       FROM inventario_actual WHERE almacen_codigo = $1 ORDER BY producto_id`,
    [almacen],
  );

/** The rows of a warehouse's replaced snapshots, each valid in [`desde`, `hasta`). */
export const readHistorico = (database: TestDatabase, almacen = 'APP-TPF'): Promise<Row[]> =>
  database.query(
    `SELECT producto_id AS codigo, cantidad::text, ${hora('fecha_snapshot')} AS desde, ${hora('fecha_reemplazo')} AS hasta
       FROM inventario_historico WHERE almacen_codigo = $1 ORDER BY producto_id, fecha_snapshot`,
    [almacen],
  );

/** Every row of the tables that hold the inventory, with the version PostgreSQL gives it: equal when nothing was written. */
export async function readAllVersions(database: TestDatabase): Promise<Row> {
  const tables = [
    'ubicaciones',
    'almacenes',
    'productos',
    'almacen_snapshots',
    'inventario_vigente',
    'inventario_versiones',
    'inventario_sin_confirmar',
  ];
  const versions = tables.map(async (table) => {
    const rows = await database.query(
      `SELECT tableoid::regclass::text, ctid::text, xmin::text, t.*::text AS fila FROM ${table} AS t ORDER BY 1, 2`,
    );
    return [table, rows] as const;
  });
  return Object.fromEntries(await Promise.all(versions));
}

/** A warehouse's rows and history as one statement sees them; reading them one after the other could see two states. */
export const ESTADO = `
  SELECT (SELECT string_agg(format('%s=%s', producto_id, cantidad), ' ' ORDER BY producto_id)
            FROM inventario_actual WHERE almacen_codigo = $1) AS inventario,
         (SELECT string_agg(format('%s=%s', producto_id, cantidad), ' ' ORDER BY producto_id, fecha_snapshot)
            FROM inventario_historico WHERE almacen_codigo = $1) AS historico`;
