import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import pRetry from 'p-retry';
import { toConnectError, toDatabaseError } from '../../shared/database-errors.ts';
import { toClientConfig } from '../../shared/database-settings.ts';
import type { DatabaseSettings } from '../../shared/database-settings.ts';
import { isTransient, PipelineError } from '../../shared/errors.ts';
import type { Deadline } from '../deadline.ts';

/**
 * Server-side limits of every statement of ours: a load takes tens of milliseconds, so these only end what hangs. The client's own
 * limit is a little longer, for a server that no longer answers at all.
 */
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

const CONNECT_RETRIES = 3;

/** Runs statements: a pool, or one connection of it inside a transaction. */
export type Queryable = Pick<PoolClient, 'query'>;

/** The pipeline's connection to PostgreSQL: one, because warehouses are loaded one at a time. */
export interface Database {
  /** Settings that worked; never log them, they hold the password. */
  readonly settings: DatabaseSettings;
  /** Runs `fn` on a connection outside any transaction. Errors come out as PipelineError. */
  withConnection<T>(fn: (client: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects, retrying while the server is not reachable. A refused password makes the settings be read once more, because the secret
 * may just have been rotated.
 * @throws PipelineError `BD_INACCESIBLE`, `BD_CREDENCIALES`, `BD_TLS`
 */
export async function openDatabase(
  readSettings: () => Promise<DatabaseSettings>,
  applicationName: string,
  deadline: Deadline,
): Promise<Database> {
  try {
    return await openWith(await readSettings(), applicationName, deadline);
  } catch (error) {
    if (!(error instanceof PipelineError) || error.codigo !== 'BD_CREDENCIALES') throw error;
    return openWith(await readSettings(), applicationName, deadline);
  }
}

async function openWith(
  settings: DatabaseSettings,
  applicationName: string,
  deadline: Deadline,
): Promise<Database> {
  const pool = new Pool({
    ...toClientConfig(settings),
    max: 1,
    application_name: applicationName,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  pool.on('error', leaveToNextStatement);
  const database: Database = {
    settings,
    withConnection: (fn) => withConnection(pool, settings, fn),
    close: () => pool.end(),
  };
  try {
    await pRetry(() => database.withConnection((client) => client.query('SELECT 1')), {
      retries: CONNECT_RETRIES,
      minTimeout: 250,
      randomize: true,
      signal: deadline.signal,
      shouldRetry: ({ error }) => isTransient(error),
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function withConnection<T>(
  pool: Pool,
  settings: DatabaseSettings,
  fn: (client: Queryable) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toConnectError(error, settings);
  });
  client.on('error', leaveToNextStatement);
  try {
    const result = await fn(client);
    client.release();
    return result;
  } catch (error) {
    // Destroyed: after an error nobody knows what state the session is in, and its end is also the surest rollback.
    client.release(true);
    throw toDatabaseError(error);
  } finally {
    client.off('error', leaveToNextStatement);
  }
}

/** A connection that breaks while no statement runs is only an event, which would end the process; the next statement reports it. */
const leaveToNextStatement = (): void => undefined;
