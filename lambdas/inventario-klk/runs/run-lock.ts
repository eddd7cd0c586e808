import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { toConnectError, toDatabaseError } from '../../shared/database-errors.ts';
import { toClientConfig } from '../../shared/database-settings.ts';
import type { DatabaseSettings } from '../../shared/database-settings.ts';
import { PipelineError } from '../../shared/errors.ts';

/** Any number will do, as long as every version of this program uses the same; the lock is per database. */
export const LOCK_KEY = 7_002_030;

const ACQUIRE_WITHIN_MS = 2_000;

/**
 * A holder that was killed or frozen must be gone within two minutes: it pings, and the server ends a session that is silent for
 * longer, or whose host no longer answers.
 */
const PING_EVERY_MS = 15_000;
const SESSION_LIMITS = [
  'idle_session_timeout=60s',
  'tcp_keepalives_idle=30',
  'tcp_keepalives_interval=10',
  'tcp_keepalives_count=3',
  'tcp_user_timeout=60s',
];

/** A server that does not even answer a goodbye frees the lock by its own limits. */
const RELEASE_WITHIN_MS = 3_000;

const LOCK_NOT_AVAILABLE = '55P03';

/** The turn to load: one run at a time, decided by the database. */
export interface RunLock {
  /** Aborts, with a `CANDADO_PERDIDO` as its reason, if the session that holds the lock is lost. */
  readonly lost: AbortSignal;
}

/**
 * Runs `fn` while holding the lock, on a session of its own; returns undefined, without running it, when another run holds it.
 * Fails closed: without an answer there is no turn.
 * @throws PipelineError `BD_*`, or whatever `fn` threw.
 */
export async function withRunLock<T>(
  settings: DatabaseSettings,
  applicationName: string,
  fn: (lock: RunLock) => Promise<T>,
): Promise<T | undefined> {
  const client = new Client({
    ...toClientConfig(settings),
    application_name: applicationName,
    lock_timeout: ACQUIRE_WITHIN_MS,
    query_timeout: PING_EVERY_MS,
    options: SESSION_LIMITS.map((limit) => `-c ${limit}`).join(' '),
  });
  const lost = new AbortController();
  const lose = (cause: unknown): void => {
    lost.abort(
      new PipelineError('CANDADO_PERDIDO', 'Se perdió la sesión que guardaba el turno de esta ejecución', {
        cause,
      }),
    );
  };
  client.on('error', lose);
  try {
    await client.connect();
  } catch (error) {
    throw toConnectError(error, settings);
  }
  const ping = setInterval(() => void client.query('SELECT 1').catch(lose), PING_EVERY_MS);
  try {
    if (!(await acquire(client))) return undefined;
    return await fn({ lost: lost.signal });
  } finally {
    clearInterval(ping);
    await release(client);
  }
}

async function acquire(client: Client): Promise<boolean> {
  try {
    await client.query('SELECT pg_advisory_lock($1::bigint)', [LOCK_KEY]);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw toDatabaseError(error);
  }
}

/** Ending the session is what releases the lock; waiting for it keeps the next run from finding it still held. */
async function release(client: Client): Promise<void> {
  await Promise.race([client.end(), sleep(RELEASE_WITHIN_MS, undefined, { ref: false })]);
}
