import { PipelineError } from '../../shared/errors.ts';
import { toDatabaseError } from '../../shared/database-errors.ts';
import type { Database, Queryable } from './database.ts';

/** The connection broke while COMMIT was in flight: the transaction may have been committed or not. */
export class CommitUncertainError extends PipelineError {
  override readonly name = 'CommitUncertainError';

  constructor(cause: unknown) {
    super('BD_CONEXION_PERDIDA', 'Se perdió la conexión con PostgreSQL durante el COMMIT', { cause });
  }
}

/**
 * Runs `fn` inside one transaction: committed when it returns, rolled back when it throws or `signal` aborts.
 * @throws CommitUncertainError when nobody can tell; PipelineError `BD_*` otherwise, or whatever `fn` threw.
 */
export function withTransaction<T>(
  database: Database,
  fn: (client: Queryable) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return database.withConnection(async (client) => {
    await client.query('BEGIN');
    const result = await fn(client).catch(async (error: unknown) => {
      await rollback(client);
      throw error;
    });
    await commit(client);
    return result;
  }, signal);
}

async function commit(client: Queryable): Promise<void> {
  const { command } = await client.query('COMMIT').catch((error: unknown) => {
    const known = toDatabaseError(error);
    throw known.codigo === 'BD_CONEXION_PERDIDA' ? new CommitUncertainError(error) : known;
  });
  // The server answers COMMIT of a failed transaction with ROLLBACK, and no error.
  if (command !== 'COMMIT')
    throw new PipelineError('ERROR_INTERNO', 'PostgreSQL deshizo la transacción al confirmarla');
}

/** Waits for the rollback where the connection still lives, so that its locks are gone when the caller goes on. */
async function rollback(client: Queryable): Promise<void> {
  try {
    await client.query('ROLLBACK');
  } catch {
    // The connection is gone, and with it the transaction; the error that led here is the one to report.
  }
}
