import { isLockTimeout, isPartitionJustMade } from '../../core/postgres/errors.ts';
import { PipelineError } from '../../core/errors/errors.ts';
import type { Deadline } from '../../core/time/deadline.ts';
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
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { replaceInventario } from './replace-inventario.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import type { Snapshot } from './snapshot.ts';
import { CommitUncertainError, withLockedTransaction } from '../../core/postgres/transaction.ts';
import { upsertProductos } from './upsert-productos.ts';

/** What a load did to one warehouse, in rows. */
export interface LoadCounts {
  readonly productosNuevos: number;
  readonly productosActualizados: number;
  readonly inventario: number;
  readonly conservados: number;
  readonly retirados: number;
  readonly historico: number;
  /** Of the versions closed, those that another price follows. */
  readonly preciosCambiados: number;
  /** Why a person had to force this load; empty when nothing was suspicious. */
  readonly forzados: readonly PipelineError[];
}

/**
 * Replaces one warehouse's inventory by a snapshot, in one transaction: afterwards it is entirely the old or entirely the new.
 * Lost connections and deadlocks are retried; when COMMIT's answer was lost, the next attempt reads back whether it happened.
 * Returns undefined, having done nothing, while another session holds a row that it needs: the caller waits without this connection.
 * @throws PipelineError `BD_*`, `ALMACEN_EN_CONFLICTO`, `SNAPSHOT_ANTIGUO`, `SOSPECHOSO_*`, `VERIFICACION_FALLIDA`, `COMMIT_INCIERTO`, or the deadline's reason
 */
export async function loadAlmacen(
  connection: Connection,
  snapshot: Snapshot,
  thresholds: Thresholds,
  deadline: Deadline,
): Promise<LoadCounts | undefined> {
  let unconfirmed: LoadCounts | undefined;

  const attempt = async (): Promise<LoadCounts | undefined> => {
    let counts: LoadCounts | undefined;
    // After a lost COMMIT the row may be held by the very transaction that is being asked about.
    const lock = unconfirmed === undefined ? lockAlmacen : waitForAlmacen;
    try {
      return await withLockedTransaction(
        connection,
        (client) => lock(client, snapshot.almacen),
        async (client, mark) => {
          if (mark === undefined) return undefined;
          if (unconfirmed !== undefined && (await isAccepted(client, snapshot))) return unconfirmed;
          unconfirmed = undefined;
          refuseConflict(mark, snapshot);
          counts = await writeSnapshot(client, snapshot, mark, thresholds);
          return counts;
        },
        deadline.signal,
      );
    } catch (error) {
      if (error instanceof CommitUncertainError) unconfirmed ??= counts;
      if (unconfirmed === undefined && (isLockTimeout(error) || isPartitionJustMade(error))) return undefined;
      throw error;
    }
  };

  try {
    return await withRetries(deadline.signal, attempt);
  } catch (error) {
    if (unconfirmed === undefined) {
      deadline.signal.throwIfAborted();
      throw error;
    }
    throw new PipelineError('COMMIT_INCIERTO', `No se pudo comprobar si ${snapshot.almacen} quedó cargado`, {
      cause: error,
    });
  }
}

async function writeSnapshot(
  client: Queryable,
  snapshot: Snapshot,
  mark: AlmacenMark,
  thresholds: Thresholds,
): Promise<LoadCounts> {
  // All three travel at once; the server takes them in this order, and none after one that fails.
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
