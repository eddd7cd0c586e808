import { Client, DatabaseError } from 'pg';
import { toDatabaseError } from '../postgres/errors.ts';
import { toClientConfig } from '../postgres/settings.ts';
import type { DatabaseSettings } from '../postgres/settings.ts';
import { PipelineError } from '../errors/errors.ts';
import type { Credentials } from '../postgres/credentials.ts';
import { withRetries } from '../postgres/retry.ts';
import { trackSockets } from '../postgres/sockets.ts';
import type { Sockets } from '../postgres/sockets.ts';
import { FLUJOS } from './flujo.ts';
import type { Flujo } from './flujo.ts';

const ACQUIRE_WITHIN_MS = 2_000;

/**
 * A holder that was killed or frozen loses the lock within two minutes: it pings, and the server ends a session that is silent for
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

const LOCK_NOT_AVAILABLE = '55P03';

/** The lock of a run: one run of a pipeline at a time, decided by the database. */
export interface RunLock {
  /** Aborts, with a `CANDADO_PERDIDO` as its reason, if the session that holds the lock is lost. */
  readonly lost: AbortSignal;
  /** For other locks that must end with this one. */
  readonly session: Pick<Client, 'query'>;
}

/** Whose lock, and the name of the session that holds it. */
interface LockSession {
  readonly flujo: Flujo;
  readonly applicationName: string;
}

/**
 * Runs `fn` while holding the lock, on a session of its own; returns undefined, without running it, when another run holds it.
 * Fails closed: without an answer the lock is not held. `signal` ends the wait for the lock, not the lock.
 * @throws PipelineError `BD_*`, or the error that `fn` threw.
 */
export async function withRunLock<T>(
  credentials: Credentials,
  wanted: LockSession,
  signal: AbortSignal,
  fn: (lock: RunLock) => Promise<T>,
): Promise<T | undefined> {
  const sockets = trackSockets();
  try {
    const client = await acquire(credentials, wanted, sockets, signal);
    return client === undefined ? undefined : await hold(client, fn);
  } finally {
    await sockets.closed();
  }
}

/** A session that holds the lock; undefined when another one does. */
async function acquire(
  credentials: Credentials,
  { flujo, applicationName }: LockSession,
  sockets: Sockets,
  signal: AbortSignal,
): Promise<Client | undefined> {
  let lostAnswer: PipelineError | undefined;
  const attempt = async (): Promise<Client | undefined> => {
    const client = await credentials.connect(() => connect(credentials.settings(), applicationName, sockets));
    const locked = await lock(client, flujo).catch((error: unknown) => {
      lostAnswer = toDatabaseError(error);
      throw lostAnswer;
    });
    // The holder may be our own earlier session whose answer was lost, so it is unknown whether another run holds the lock.
    if (!locked && lostAnswer !== undefined) throw lostAnswer;
    return locked ? client : undefined;
  };
  signal.addEventListener('abort', sockets.destroy);
  try {
    return await withRetries(signal, attempt);
  } finally {
    signal.removeEventListener('abort', sockets.destroy);
  }
}

async function connect(
  settings: DatabaseSettings,
  applicationName: string,
  sockets: Sockets,
): Promise<Client> {
  const client = new Client({
    ...toClientConfig(settings),
    stream: sockets.open,
    // A turn at KLK is given back while the next one is asked for, and the ping waits for neither.
    pipeline: true,
    application_name: applicationName,
    lock_timeout: ACQUIRE_WITHIN_MS,
    query_timeout: PING_EVERY_MS,
    options: SESSION_LIMITS.map((limit) => `-c ${limit}`).join(' '),
  });
  // Until the lock is held, the running statement reports a lost session.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function lock(client: Client, flujo: Flujo): Promise<boolean> {
  try {
    await client.query('SELECT pg_advisory_lock($1::bigint)', [FLUJOS[flujo].lockKey]);
    return true;
  } catch (error) {
    void client.end();
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

/** The end of the session releases the lock; `withRunLock` waits for it, so that the next run does not find the lock still held. */
async function hold<T>(client: Client, fn: (lock: RunLock) => Promise<T>): Promise<T> {
  const lost = new AbortController();
  const lose = (cause: unknown): void => {
    const mensaje = 'Se perdió la sesión que guardaba el turno de esta ejecución';
    lost.abort(new PipelineError('CANDADO_PERDIDO', mensaje, { cause }));
  };
  client.on('error', lose);
  const ping = setInterval(() => void client.query('SELECT 1').catch(lose), PING_EVERY_MS);
  try {
    return await fn({ lost: lost.signal, session: client });
  } finally {
    clearInterval(ping);
    void client.end();
  }
}
