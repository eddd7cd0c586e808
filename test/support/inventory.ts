import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { openConnection } from '../../lambdas/core/postgres/connection.ts';
import type { Connection } from '../../lambdas/core/postgres/connection.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { withTransaction } from '../../lambdas/core/postgres/transaction.ts';
import { ensureUbicaciones } from '../../lambdas/core/run/ensure-ubicaciones.ts';
import { retryWhileBusy } from '../../lambdas/core/run/load-slots.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { Deadline } from '../../lambdas/core/time/deadline.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import type { LoadCounts } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { ensureAlmacenes } from '../../lambdas/inventario-klk/load/prepare-database.ts';
import type { Snapshot } from '../../lambdas/inventario-klk/load/replace-inventario.ts';
import type { Thresholds } from '../../lambdas/inventario-klk/transform/guards.ts';
import type { Row, TestDatabase } from './database.ts';
import { BOSQUE, PERIFERICO } from './snapshots.ts';

/** Far beyond what any test takes. */
const BUDGET_MS = 60_000;

/** The thresholds that nothing exceeds. */
export const THRESHOLDS: Thresholds = { badRows: 1, lost: 1, gone: 1, unknown: 1, altered: 1 };

/** Runs `fn` on the pipeline's own connection, and closes it. */
export async function withPipelineDatabase<T>(
  settings: DatabaseSettings,
  fn: (database: Connection) => Promise<T>,
  statementTimeoutMs = 30_000,
): Promise<T> {
  const session = { applicationName: 'inventario-klk/prueba', statementTimeoutMs };
  const database = await openConnection(() => Promise.resolve(settings), session, deadlineIn(BUDGET_MS));
  try {
    return await fn(database);
  } finally {
    await database.close();
  }
}

/** Inserts what the database lacks of these stores and their warehouses, as a run does first. */
export const insertTiendas = (settings: DatabaseSettings, tiendas: readonly Tienda[]): Promise<void> =>
  withPipelineDatabase(settings, (database) =>
    withTransaction(database, async (client) => {
      await ensureUbicaciones(client, tiendas);
      await ensureAlmacenes(client, tiendas);
    }),
  );

/** Loads a snapshot as a run does, on a connection of its own. */
export const load = (
  settings: DatabaseSettings,
  snapshot: Snapshot,
  deadline: Deadline = deadlineIn(BUDGET_MS),
): Promise<LoadCounts> =>
  withPipelineDatabase(settings, (database) =>
    retryWhileBusy(snapshot.almacen, deadline.signal, () =>
      loadAlmacen(database, snapshot, THRESHOLDS, deadline),
    ),
  );

/** The tables of the inventory and those that refer to them, in an order in which they may be emptied. */
const INVENTORY = [
  'ventas',
  'ventas_tramos',
  'ventas_rechazos',
  'etl_ejecucion_ventas',
  'inventario_vigente',
  'inventario_versiones',
  'inventario_sin_confirmar',
  'productos',
  'almacen_snapshots',
  'almacenes',
  'ubicaciones',
];

/** Every table that a run writes, in such an order. */
const ALL = ['etl_rechazos', 'etl_ejecucion_almacenes', 'etl_ejecuciones', ...INVENTORY];

/** Removes what runs have written. TRUNCATE would make new files for every table, index and partition. */
export async function clearTables(database: TestDatabase, tables: readonly string[] = ALL): Promise<void> {
  await database.query(tables.map((table) => `DELETE FROM ${table}`).join('; '));
}

/** Empties the tables of the inventory, and inserts PERIFERICO and BOSQUE. */
export async function resetInventario(database: TestDatabase): Promise<void> {
  await clearTables(database, INVENTORY);
  await insertTiendas(database.etl, [PERIFERICO, BOSQUE]);
}

/** The rows of these tables, each with the version that PostgreSQL gives it, as a hash by table: equal when nothing was written. */
const readVersions = async (database: TestDatabase, tables: readonly string[]): Promise<Row> => {
  const hashes = tables.map(
    (table) =>
      `(SELECT md5(string_agg(concat_ws(' ', tableoid, ctid, xmin, t::text), ',' ORDER BY tableoid, ctid)) FROM ${table} AS t) AS ${table}`,
  );
  const [row = {}] = await database.query(`SELECT ${hashes.join(', ')}`);
  return row;
};

/** Equal when nothing was written to the inventory. */
export const readInventoryVersions = (database: TestDatabase): Promise<Row> =>
  readVersions(database, INVENTORY);

/** Equal when nothing was written at all, not even about a run. */
export const readAllVersions = (database: TestDatabase): Promise<Row> => readVersions(database, ALL);

/** Hour and minute, UTC: all moments of the tests are on one day. */
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
