import type { Connection } from '../../core/postgres/connection.ts';
import { createLoadSlots, retryWhileBusy } from '../../core/run/load-slots.ts';
import type { Timed } from '../../core/run/load-slots.ts';
import { createProductQueue } from '../../core/run/product-queue.ts';
import type { LockedRun } from '../../core/run/run.ts';
import type { Thresholds } from '../transform/guards.ts';
import { loadAlmacen } from './load-almacen.ts';
import type { LoadCounts } from './load-almacen.ts';
import type { Snapshot } from './snapshot.ts';

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
