import { Client, Pool } from 'pg';
import type { ClientConfig, PoolClient } from 'pg';
import { toDatabaseError } from './errors.ts';
import { toClientConfig } from './settings.ts';
import type { DatabaseSettings } from './settings.ts';
import type { Deadline } from '../time/deadline.ts';
import { readCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { withRetries } from './retry.ts';
import { trackSockets } from './sockets.ts';
import type { Sockets } from './sockets.ts';

/** The server ends a wait for another session's lock, and a transaction of ours that is idle, after this long. */
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * The client's own limit is for a server that no longer answers. It counts from when a statement is sent, so it leaves time for the
 * statements before it in the same round trip.
 */
const STATEMENTS_TOGETHER = 3;
const ANSWER_GRACE_MS = 2_000;

/**
 * Every statement of a load works on a whole warehouse. The planner chooses a nested loop only while statistics still say "one row", and it then
 * compares every row with every other: seconds instead of milliseconds on a first load. JIT compilation costs more than it saves.
 */
const LOADS = '-c enable_nestloop=off -c jit=off';

/**
 * A session that only reads picks few rows out of many. They lie on SSD, mostly in memory, where a page out of order costs little more than the next
 * one; a month of a store's articles fits into memory while it is sorted.
 */
const READS = '-c default_transaction_read_only=on -c jit=off -c random_page_cost=1.1 -c work_mem=16MB';

const PLANS_ONCE = ' -c plan_cache_mode=force_generic_plan';

/** The name of a program's sessions, and the limit of one statement. */
export interface SessionOptions {
  readonly applicationName: string;
  readonly statementTimeoutMs: number;
  /** The server refuses every write. */
  readonly readOnly?: true;
  /** Statements are planned once, not for each set of parameters: for a session that asks the same few again and again. */
  readonly plansOnce?: true;
}

/** Runs statements on one connection. */
export type Queryable = Pick<PoolClient, 'query'>;

/** One connection to PostgreSQL, opened when it is needed and reopened when it was lost. */
export interface Connection {
  /** For another connection of the same run. */
  readonly credentials: Credentials;
  /**
   * Runs `fn` on the connection, outside any transaction. `signal` destroys the connection, even while it is being opened. Errors are
   * thrown as PipelineError.
   */
  use<T>(fn: (client: Queryable) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects, retrying while the server is not reachable.
 * @throws PipelineError `BD_INACCESIBLE`, `BD_CREDENCIALES`, `BD_TLS`, or the deadline's reason
 */
export async function openConnection(
  readSettings: () => Promise<DatabaseSettings>,
  session: SessionOptions,
  deadline: Deadline,
): Promise<Connection> {
  const connection = createConnection(await readCredentials(readSettings), session);
  const connect = (): Promise<void> => connection.use(() => Promise.resolve(), deadline.signal);
  try {
    await withRetries(deadline.signal, connect);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** A connection that is made when it is first needed. */
export function createConnection(credentials: Credentials, session: SessionOptions): Connection {
  const sockets = trackSockets();
  const pool = createPool(credentials, sockets, session);
  return {
    credentials,
    use: async (fn, signal) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', sockets.destroy);
      try {
        const client = await credentials.connect(() => pool.connect());
        return await useConnection(client, sockets, (usable) => {
          // While the credentials were being read again there was no socket to destroy.
          signal?.throwIfAborted();
          return fn(usable);
        });
      } finally {
        signal?.removeEventListener('abort', sockets.destroy);
      }
    },
    close: async () => {
      await pool.end();
      await sockets.closed();
    },
  };
}

function createPool(
  credentials: Credentials,
  sockets: Sockets,
  { applicationName, statementTimeoutMs, readOnly, plansOnce }: SessionOptions,
): Pool {
  const pool = new Pool({
    // A pool keeps its first settings; each new connection takes the current ones, in case the secret was rotated.
    Client: class extends Client {
      constructor(config?: ClientConfig) {
        super({ ...config, ...toClientConfig(credentials.settings()) });
        this.on('error', leaveToNextStatement);
      }
    },
    ...toClientConfig(credentials.settings()),
    stream: sockets.open,
    max: 1,
    // Off: while KLK is slow the connection is idle for longer than a pool's default.
    idleTimeoutMillis: 0,
    // Statements sent together share a round trip.
    pipeline: true,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    query_timeout: STATEMENTS_TOGETHER * statementTimeoutMs + ANSWER_GRACE_MS,
    options: `${readOnly === true ? READS : LOADS}${plansOnce === true ? PLANS_ONCE : ''}`,
  });
  pool.on('error', leaveToNextStatement);
  return pool;
}

async function useConnection<T>(
  client: PoolClient,
  sockets: Sockets,
  fn: (client: Queryable) => Promise<T>,
): Promise<T> {
  try {
    const result = await fn(client);
    client.release();
    return result;
  } catch (error) {
    // Destroyed: the state of the session is unknown after an error, and its end also rolls back. pg alone would first wait for the
    // statements that were sent together with the one that failed.
    sockets.destroy();
    client.release(true);
    throw toDatabaseError(error);
  }
}

/**
 * A connection that breaks while no statement runs is only an event, which would end the process; the next statement reports it. The
 * listener is added at once, because a server may end a session immediately after it accepts it.
 */
const leaveToNextStatement = (): void => undefined;
