import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import type { Deadline } from '../../lambdas/core/time/deadline.ts';
import { openConnection } from '../../lambdas/core/postgres/connection.ts';
import type { Connection } from '../../lambdas/core/postgres/connection.ts';
import { ensureUbicaciones } from '../../lambdas/core/run/ensure-ubicaciones.ts';
import { ensureAlmacenes } from '../../lambdas/inventario-klk/load/prepare-database.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { retryWhileBusy } from '../../lambdas/core/run/load-slots.ts';
import type { LoadCounts } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import type { Snapshot } from '../../lambdas/inventario-klk/load/snapshot.ts';
import { withTransaction } from '../../lambdas/core/postgres/transaction.ts';
import type { Thresholds } from '../../lambdas/inventario-klk/transform/guards.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import type { TestDatabase } from './database.ts';
import { BOSQUE, PERIFERICO } from './snapshots.ts';

/** Far beyond what any test takes. */
const BUDGET_MS = 60_000;

const SESSION = { applicationName: 'inventario-klk/prueba', statementTimeoutMs: 30_000 };

/** Nothing exceeds them. */
export const THRESHOLDS: Thresholds = { badRows: 1, lost: 1, gone: 1, unknown: 1, altered: 1 };

/** Runs `fn` on the pipeline's own connection, and closes it. */
export async function withPipelineDatabase<T>(
  settings: DatabaseSettings,
  fn: (database: Connection) => Promise<T>,
  session = SESSION,
): Promise<T> {
  const database = await openConnection(() => Promise.resolve(settings), session, deadlineIn(BUDGET_MS));
  try {
    return await fn(database);
  } finally {
    await database.close();
  }
}

/** Empties the tables of the inventory, and inserts the stores of snapshots.ts and their warehouses as a run does first. */
export async function resetInventario(database: TestDatabase): Promise<void> {
  // In the order of the foreign keys; TRUNCATE would make new files for every index and partition.
  for (const table of [
    'inventario_vigente',
    'inventario_versiones',
    'inventario_sin_confirmar',
    'productos',
    'almacen_snapshots',
    'almacenes',
    'ubicaciones',
  ]) {
    await database.query(`DELETE FROM ${table}`);
  }
  await insertTiendas(database.etl, [PERIFERICO, BOSQUE]);
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
