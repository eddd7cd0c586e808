import { PipelineError } from '../errors/errors.ts';
import type { Connection, Queryable } from '../postgres/connection.ts';
import { isLockTimeout, isPartitionJustMade } from '../postgres/errors.ts';
import { withRetries } from '../postgres/retry.ts';
import { CommitUncertainError, withLockedTransaction } from '../postgres/transaction.ts';
import type { Timed } from '../time/clock.ts';
import { retryWhileBusy } from './load-slots.ts';
import type { WithConnection } from './load-slots.ts';
import { createProductQueue } from './product-queue.ts';

/** A load that waits longer for a row of another session is rolled back and retried: other loads wait for its connection. */
export const LOCK_TIMEOUT = '500ms';

/** How one part of a run, such as a warehouse, is written. */
export interface PartLoad<Mark, Counts> {
  /** Names the part in errors. */
  readonly what: string;
  /** Locks the part's row until the end of the transaction and reads it; undefined when another session holds the row. */
  readonly lock: (client: Queryable) => Promise<Mark | undefined>;
  /** The same, but waits for the other session, and so for a COMMIT in flight. */
  readonly waitForLock: (client: Queryable) => Promise<Mark>;
  /** Whether this very load was committed before. */
  readonly isAccepted: (client: Queryable, mark: Mark) => boolean | Promise<boolean>;
  readonly write: (client: Queryable, mark: Mark) => Promise<Counts>;
}

/**
 * Writes one part in one transaction. Lost connections and deadlocks are retried; when the answer to COMMIT was lost, the next attempt reads
 * whether it happened. Returns undefined, with nothing changed, while another session holds a row that it needs: the caller waits without
 * this connection.
 * @throws PipelineError `BD_*`, `COMMIT_INCIERTO`, the error that `write` threw, or the signal's reason
 */
export async function loadPart<Mark, Counts>(
  connection: Connection,
  { what, lock, waitForLock, isAccepted, write }: PartLoad<Mark, Counts>,
  signal: AbortSignal,
): Promise<Counts | undefined> {
  let unconfirmed: Counts | undefined;

  const attempt = async (): Promise<Counts | undefined> => {
    let counts: Counts | undefined;
    // After a lost COMMIT the row may still be locked by that same transaction.
    const lockNow = unconfirmed === undefined ? lock : waitForLock;
    try {
      return await withLockedTransaction(
        connection,
        lockNow,
        async (client, mark) => {
          if (mark === undefined) return undefined;
          if (unconfirmed !== undefined && (await isAccepted(client, mark))) return unconfirmed;
          unconfirmed = undefined;
          counts = await write(client, mark);
          return counts;
        },
        signal,
      );
    } catch (error) {
      if (error instanceof CommitUncertainError) unconfirmed ??= counts;
      if (unconfirmed === undefined && (isLockTimeout(error) || isPartitionJustMade(error))) return undefined;
      throw error;
    }
  };

  try {
    return await withRetries(signal, attempt);
  } catch (error) {
    if (unconfirmed === undefined) {
      signal.throwIfAborted();
      throw error;
    }
    throw new PipelineError('COMMIT_INCIERTO', `No se pudo comprobar si ${what} quedó cargado`, {
      cause: error,
    });
  }
}

/** A part of a run that brings products. */
interface Part {
  readonly productos: readonly { readonly codigo: string }[];
}

/** Loads one part; `timed` leaves out the wait for its connection. */
export type Load<P extends Part, Counts> = (part: P, timed: Timed) => Promise<Counts>;

/**
 * Loads as many parts at the same time as the run has connections, and parts with new products one after the other. `load` gets only the
 * products that no load of the run has set, and returns undefined while another session holds what it needs.
 */
export function createLoader<P extends Part, Counts>(
  withConnection: WithConnection,
  signal: AbortSignal,
  nameOf: (part: P) => string,
  load: (connection: Connection, part: P) => Promise<Counts | undefined>,
): Load<P, Counts> {
  const queue = createProductQueue();
  const attempt = async (connection: Connection, part: P): Promise<Counts | undefined> => {
    const productos = queue.unset(part.productos);
    const counts = await load(connection, { ...part, productos });
    if (counts !== undefined) queue.markSet(productos);
    return counts;
  };
  return (part, timed) =>
    retryWhileBusy(nameOf(part), signal, () =>
      queue.run(part.productos, () => withConnection((connection) => timed(() => attempt(connection, part)))),
    );
}
