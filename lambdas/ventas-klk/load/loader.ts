import type { Connection } from '../../core/postgres/connection.ts';
import { retryWhileBusy } from '../../core/run/load-slots.ts';
import type { Timed, WithConnection } from '../../core/run/load-slots.ts';
import { createProductQueue } from '../../core/run/product-queue.ts';
import type { Deadline } from '../../core/time/deadline.ts';
import type { Thresholds } from '../transform/guards.ts';
import { describeTramo } from './ledger.ts';
import type { LecturaLista } from './lectura.ts';
import { loadTramo } from './load-tramo.ts';
import type { LoadCounts } from './load-tramo.ts';

/** Loads one slice. */
export type Load = (lectura: LecturaLista, timed: Timed) => Promise<LoadCounts>;

/** Loads one slice for each connection of the run at the same time. */
export function createLoader(
  withConnection: WithConnection,
  deadline: Deadline,
  thresholds: Thresholds,
): Load {
  const queue = createProductQueue();
  const attempt = async (connection: Connection, lectura: LecturaLista): Promise<LoadCounts | undefined> => {
    const productos = queue.unset(lectura.productos);
    const counts = await loadTramo(connection, { ...lectura, productos }, thresholds, deadline);
    if (counts !== undefined) queue.markSet(productos);
    return counts;
  };
  return (lectura, timed) =>
    retryWhileBusy(describeTramo(lectura.tramo), deadline.signal, () =>
      queue.run(lectura.productos, () =>
        withConnection((connection) => timed(() => attempt(connection, lectura))),
      ),
    );
}
