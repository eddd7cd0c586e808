import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { PipelineError } from '../../core/errors/errors.ts';
import type { Connection } from '../../core/postgres/connection.ts';
import type { LockedRun } from '../../core/run/run.ts';
import { abortable } from '../../core/time/deadline.ts';
import type { Thresholds } from '../transform/guards.ts';
import { loadAlmacen } from './load-almacen.ts';
import type { LoadCounts } from './load-almacen.ts';
import { createProductQueue } from './product-queue.ts';
import type { Snapshot } from './snapshot.ts';

/** Runs an attempt of a phase and adds its duration, without the wait for a slot. */
export type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** Loads one snapshot. */
export type Load = (snapshot: Snapshot, timed: Timed) => Promise<LoadCounts>;

/** Loads one warehouse for each connection of the run at the same time. */
export function createLoader({ loaders, deadline }: LockedRun, thresholds: Thresholds): Load {
  const idle: Connection[] = [...loaders];
  const slots = pLimit(idle.length);
  const queue = createProductQueue();

  const withConnection = <T>(fn: (connection: Connection) => Promise<T>): Promise<T> =>
    slots(async () => {
      const connection = idle.shift();
      if (connection === undefined) throw new Error('there is a slot for every connection');
      try {
        return await fn(connection);
      } finally {
        idle.unshift(connection);
      }
    });
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

/** The same as the server's own lock timeout for a statement. */
const GIVE_UP_AFTER_MS = 10_000;

const TRY_EVERY_MS = 200;

/**
 * Repeats the load of a warehouse while another session holds a row that it needs. Between two attempts it holds no connection and no
 * turn.
 * @throws PipelineError `BD_BLOQUEO` when the row is still held after ten seconds; the error that `load` threw; the signal's reason.
 */
export async function retryWhileBusy<T>(
  almacen: string,
  signal: AbortSignal,
  load: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const done = await load();
    if (done !== undefined) return done;
    if (performance.now() >= end) {
      throw new PipelineError('BD_BLOQUEO', `Otra sesión tiene bloqueadas filas que ${almacen} necesita`);
    }
    await abortable(signal, () => sleep(TRY_EVERY_MS, undefined, { signal }));
  }
}
