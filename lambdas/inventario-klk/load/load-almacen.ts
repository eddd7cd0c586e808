import { PipelineError } from '../../core/errors/errors.ts';
import type { Connection, Queryable } from '../../core/postgres/connection.ts';
import { isLockTimeout, isPartitionJustMade } from '../../core/postgres/errors.ts';
import { withRetries } from '../../core/postgres/retry.ts';
import { CommitUncertainError, withLockedTransaction } from '../../core/postgres/transaction.ts';
import { createLoadSlots, retryWhileBusy } from '../../core/run/load-slots.ts';
import type { Timed } from '../../core/run/load-slots.ts';
import { createProductQueue } from '../../core/run/product-queue.ts';
import type { LockedRun } from '../../core/run/run.ts';
import type { Deadline } from '../../core/time/deadline.ts';
import type { Conteos } from '../summary.ts';
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
export interface LoadCounts extends Omit<Conteos, 'extraidos' | 'validos' | 'rechazados' | 'duplicados'> {
  /** Of the versions closed, those that another price follows. */
  readonly preciosCambiados: number;
  /** The suspicions that a person overruled; empty for none. */
  readonly forzados: readonly PipelineError[];
}

/** Loads one snapshot. */
export type Load = (snapshot: Snapshot, timed: Timed) => Promise<LoadCounts>;

/** Loads one warehouse for each connection of the run at the same time. */
export function createLoader({ loaders, deadline }: LockedRun, thresholds: Thresholds): Load {
  const withConnection = createLoadSlots(loaders);
  const queue = createProductQueue();
  const attempt = async (connection: Connection, snapshot: Snapshot): Promise<LoadCounts | undefined> => {
    const productos = queue.unset(snapshot.productos);
    const counts = await loadAlmacen(connection, { ...snapshot, productos }, thresholds, deadline);
    if (counts !== undefined) queue.markSet(productos);
    return counts;
  };
  return (snapshot, timed) =>
    retryWhileBusy(snapshot.almacen, deadline.signal, () =>
      queue.run(snapshot.productos, () =>
        withConnection((connection) => timed(() => attempt(connection, snapshot))),
      ),
    );
}

/**
 * Replaces one warehouse's inventory by a snapshot, in one transaction. Lost connections and deadlocks are retried; when the answer to
 * COMMIT was lost, the next attempt reads whether it happened. Returns undefined, with nothing changed, while another session holds a row
 * that it needs: the caller waits without this connection.
 * @throws PipelineError `BD_*`, `ALMACEN_EN_CONFLICTO`, `SNAPSHOT_ANTIGUO`, `SOSPECHOSO_*`, `VERIFICACION_FALLIDA`, `COMMIT_INCIERTO`, or
 * the deadline's reason
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
    // After a lost COMMIT the row may still be locked by that same transaction.
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
