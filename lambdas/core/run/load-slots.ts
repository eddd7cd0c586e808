import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { PipelineError } from '../errors/errors.ts';
import type { Connection } from '../postgres/connection.ts';
import { abortable } from '../time/deadline.ts';

/** Runs work on a connection that no other work of the run uses meanwhile. */
export type WithConnection = <T>(fn: (connection: Connection) => Promise<T>) => Promise<T>;

/** Runs as much work at the same time as there are connections. */
export function createLoadSlots(connections: readonly Connection[]): WithConnection {
  const idle: Connection[] = [...connections];
  const slots = pLimit(idle.length);
  return (fn) =>
    slots(async () => {
      const connection = idle.shift();
      if (connection === undefined) throw new Error('there is a slot for every connection');
      try {
        return await fn(connection);
      } finally {
        idle.unshift(connection);
      }
    });
}

/** The same time for which the server lets a statement wait for a lock. */
const GIVE_UP_AFTER_MS = 10_000;

const TRY_EVERY_MS = 200;

/**
 * Repeats a load while another session holds a row that it needs; `load` returns undefined then. Between two attempts it holds nothing for
 * which other loads wait.
 * @throws PipelineError `BD_BLOQUEO`, which names `what` is loaded, when that is still so after ten seconds; the error that `load` threw;
 * the signal's reason.
 */
export async function retryWhileBusy<T>(
  what: string,
  signal: AbortSignal,
  load: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const done = await load();
    if (done !== undefined) return done;
    if (performance.now() >= end) {
      throw new PipelineError('BD_BLOQUEO', `Otra sesión tiene bloqueadas filas que ${what} necesita`);
    }
    await abortable(signal, () => sleep(TRY_EVERY_MS, undefined, { signal }));
  }
}
