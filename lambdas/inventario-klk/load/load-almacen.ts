import type { PipelineError } from '../../core/errors/errors.ts';
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { loadPart } from '../../core/run/load-part.ts';
import type { Deadline } from '../../core/time/deadline.ts';
import type { RowCounts } from '../summary.ts';
import { findSuspicions } from '../transform/guards.ts';
import type { Thresholds } from '../transform/guards.ts';
import {
  acceptSnapshot,
  confirmInventario,
  isAccepted,
  lockAlmacen,
  refuseConflict,
  waitForAlmacen,
} from './accept-snapshot.ts';
import type { AlmacenMark } from './accept-snapshot.ts';
import { replaceInventario } from './replace-inventario.ts';
import type { Snapshot } from './replace-inventario.ts';
import { upsertProductos } from './upsert-productos.ts';

/** What a load did to one warehouse, in rows. */
export interface LoadCounts extends Omit<RowCounts, 'extraidos' | 'validos' | 'rechazados' | 'duplicados'> {
  /** Of the versions closed, those that another price follows. */
  readonly preciosCambiados: number;
  /** The suspicions that a person overruled; empty for none. */
  readonly forzados: readonly PipelineError[];
}

/**
 * Replaces one warehouse's inventory by a snapshot, in one transaction, as `loadPart` says; undefined, with nothing changed, while another
 * session holds a row that it needs.
 * @throws PipelineError `BD_*`, `ALMACEN_EN_CONFLICTO`, `SNAPSHOT_ANTIGUO`, `SOSPECHOSO_*`, `VERIFICACION_FALLIDA`, `COMMIT_INCIERTO`, or
 * the deadline's reason
 */
export function loadAlmacen(
  connection: Connection,
  snapshot: Snapshot,
  thresholds: Thresholds,
  deadline: Deadline,
): Promise<LoadCounts | undefined> {
  return loadPart(
    connection,
    {
      what: snapshot.almacen,
      lock: (client) => lockAlmacen(client, snapshot.almacen),
      waitForLock: (client) => waitForAlmacen(client, snapshot.almacen),
      isAccepted: (client) => isAccepted(client, snapshot),
      write: (client, mark) => {
        refuseConflict(mark, snapshot);
        return writeSnapshot(client, snapshot, mark, thresholds);
      },
    },
    deadline.signal,
  );
}

async function writeSnapshot(
  client: Queryable,
  snapshot: Snapshot,
  mark: AlmacenMark,
  thresholds: Thresholds,
): Promise<LoadCounts> {
  // Sent together in one round trip. The server runs them in this order and stops at the first failure.
  const [productos, replaced, held] = await Promise.all([
    upsertProductos(client, snapshot),
    replaceInventario(client, snapshot),
    acceptSnapshot(client, snapshot),
  ]);
  const suspicions = findSuspicions(
    snapshot.inventario.map(({ cantidad }) => cantidad),
    { ...replaced.changes, primera: mark.ultimaExtraccion === null, desconocidos: productos.nuevos },
    thresholds,
  );
  const [refusal] = suspicions;
  if (refusal !== undefined && !snapshot.forzar) throw refusal;
  confirmInventario(snapshot, replaced, held);
  return {
    productosNuevos: productos.nuevos,
    productosActualizados: productos.actualizados,
    inventario: held.filas,
    conservados: replaced.conservados,
    retirados: replaced.retirados,
    historico: replaced.historico,
    preciosCambiados: replaced.preciosCambiados,
    forzados: suspicions,
  };
}
