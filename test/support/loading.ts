import type { Tienda } from '../../lambdas/inventario-klk/catalogo.ts';
import { deadlineIn } from '../../lambdas/inventario-klk/deadline.ts';
import type { Deadline } from '../../lambdas/inventario-klk/deadline.ts';
import { openDatabase } from '../../lambdas/inventario-klk/load/database.ts';
import type { Database } from '../../lambdas/inventario-klk/load/database.ts';
import { ensureAlmacenes } from '../../lambdas/inventario-klk/load/ensure-almacenes.ts';
import { ensureUbicaciones } from '../../lambdas/inventario-klk/load/ensure-ubicaciones.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { retryWhileBusy } from '../../lambdas/inventario-klk/load/retry-while-busy.ts';
import type { LoadCounts } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import type { Snapshot } from '../../lambdas/inventario-klk/load/snapshot.ts';
import { withTransaction } from '../../lambdas/inventario-klk/load/transaction.ts';
import type { Thresholds } from '../../lambdas/inventario-klk/transform/guards.ts';
import type { DatabaseSettings } from '../../lambdas/shared/database-settings.ts';
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
  fn: (database: Database) => Promise<T>,
  session = SESSION,
): Promise<T> {
  const database = await openDatabase(() => Promise.resolve(settings), session, deadlineIn(BUDGET_MS));
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
