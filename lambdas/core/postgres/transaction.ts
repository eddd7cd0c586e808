import { PipelineError } from '../errors/errors.ts';
import { toDatabaseError } from './errors.ts';
import type { Connection, Queryable } from './connection.ts';

/** The connection broke while COMMIT was in flight: the transaction may have been committed or not. */
export class CommitUncertainError extends PipelineError {
  override readonly name = 'CommitUncertainError';

  constructor(cause: unknown) {
    super('BD_CONEXION_PERDIDA', 'Se perdió la conexión con PostgreSQL durante el COMMIT', { cause });
  }
}

/**
 * Runs `fn` inside one transaction: committed when it returns, rolled back when it throws or `signal` aborts.
 * @throws CommitUncertainError when it is unknown whether it was committed; PipelineError `BD_*` otherwise, or the error that `fn` threw.
 */
export const withTransaction = <T>(
  connection: Connection,
  fn: (client: Queryable) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => withLockedTransaction(connection, () => Promise.resolve(), fn, signal);

/**
 * The same for a transaction that begins with a lock. `lock` is sent together with BEGIN, which saves a round trip, and `fn` gets its
 * result. It must be harmless outside a transaction: if BEGIN fails, the server still runs it.
 */
export const withLockedTransaction = <L, T>(
  connection: Connection,
  lock: (client: Queryable) => Promise<L>,
  fn: (client: Queryable, locked: L) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  connection.use(
    (client) =>
      inLockedTransaction(
        client,
        () => lock(client),
        (locked) => fn(client, locked),
      ),
    signal,
  );

/**
 * Runs `fn` inside one transaction of a connection that is already open: committed when it returns, rolled back when it throws.
 * @throws CommitUncertainError when it is unknown whether it was committed; otherwise the error that `fn` threw
 */
export const inTransaction = <T>(client: Queryable, fn: () => Promise<T>): Promise<T> =>
  inLockedTransaction(client, () => Promise.resolve(), fn);

async function inLockedTransaction<L, T>(
  client: Queryable,
  lock: () => Promise<L>,
  fn: (locked: L) => Promise<T>,
): Promise<T> {
  const work = async (): Promise<T> => {
    const [, locked] = await Promise.all([client.query('BEGIN'), lock()]);
    return fn(locked);
  };
  const result = await work().catch(async (error: unknown) => {
    await rollback(client, error);
    throw error;
  });
  await commit(client);
  return result;
}

async function commit(client: Queryable): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    const known = toDatabaseError(error);
    throw known.codigo === 'BD_CONEXION_PERDIDA' ? new CommitUncertainError(error) : known;
  });
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error.
  if (command !== 'COMMIT')
    throw new PipelineError('ERROR_INTERNO', 'PostgreSQL deshizo la transacción al confirmarla');
}

/** Waits for the rollback, so that its locks are released when the caller continues. */
async function rollback(client: Queryable, cause: unknown): Promise<void> {
  // The end of the connection rolls back; ROLLBACK on a server that no longer answers would only wait again.
  if (toDatabaseError(cause).codigo === 'BD_CONEXION_PERDIDA') return;
  try {
    await client.query('ROLLBACK');
  } catch {
    // The connection broke meanwhile; the first error is the one to report.
  }
}
