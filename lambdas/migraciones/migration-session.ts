import { PG_MIGRATE_LOCK_ID } from 'node-pg-migrate';
import pRetry from 'p-retry';
import { Client } from 'pg';
import { toConnectError, toDatabaseError } from '../core/postgres/errors.ts';
import { toClientConfig } from '../core/postgres/settings.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { refuseIntermediary } from '../core/postgres/preflight.ts';

/** How long a migration waits for a lock: while it waits, every reader of that table queues behind it. */
const LOCK_TIMEOUT_MS = 30_000;

/** First and longest wait between two attempts to connect. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** Settings on which the meaning of a migration depends; they override those of the role and the database. */
const MEANING =
  '-c search_path=public -c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c default_transaction_isolation=read\\ committed';

/** Runs `fn` on one connection of its own and always closes it. */
export async function withClient<T>(
  settings: DatabaseSettings,
  fn: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...toClientConfig(settings),
    application_name: 'inventario-klk/migraciones',
    lock_timeout: LOCK_TIMEOUT_MS,
    options: MEANING,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw toConnectError(error, settings);
  }
  try {
    await refuseIntermediary(client);
    return await fn(client);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}

/**
 * Waits until the database accepts connections: a deployment may just have created or restarted it.
 * @throws PipelineError `BD_INACCESIBLE` after `limitMs`; any other error at once.
 */
export async function waitForDatabase(settings: DatabaseSettings, limitMs: number): Promise<void> {
  await pRetry(() => withClient(settings, (client) => client.query('SELECT 1')), {
    retries: Infinity,
    maxRetryTime: limitMs,
    minTimeout: FIRST_WAIT_MS,
    maxTimeout: LONGEST_WAIT_MS,
    shouldRetry: ({ error }) => error instanceof PipelineError && error.codigo === 'BD_INACCESIBLE',
  });
}

/**
 * Runs `fn` under the lock of the migrations, so that no other migration changes what `fn` has read. The lock ends with the session.
 * @throws PipelineError `BD_BLOQUEO`, naming who holds the lock
 */
export function withMigrationLock<T>(
  settings: DatabaseSettings,
  fn: (client: Client) => Promise<T>,
): Promise<T> {
  return withClient(settings, async (client) => {
    await takeMigrationLock(client);
    return fn(client);
  });
}

async function takeMigrationLock(client: Client): Promise<void> {
  try {
    // The lock of node-pg-migrate itself, so that its own command waits too.
    await client.query('SELECT pg_advisory_lock($1::bigint)', [PG_MIGRATE_LOCK_ID]);
  } catch (error) {
    const problem = toDatabaseError(error);
    if (problem.codigo !== 'BD_BLOQUEO') throw problem;
    throw new PipelineError(
      'BD_BLOQUEO',
      `Otra sesión tiene el turno de las migraciones (${await findHolder(client)}); no se tocó nada`,
      { cause: error },
    );
  }
}

async function findHolder(client: Client): Promise<string> {
  const { rows } = await client.query<{ quien: string }>(
    `SELECT format('pid %s, usuario %s, %s', pid, usename, application_name) AS quien
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = $1::bigint`,
    [PG_MIGRATE_LOCK_ID],
  );
  return rows[0]?.quien ?? 'ya terminó';
}
