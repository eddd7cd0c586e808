import { PipelineError } from '../errors/errors.ts';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { Clock } from '../time/clock.ts';
import { INTERMEDIARIO } from './errors.ts';
import type { Queryable } from './connection.ts';

/** The last migration that this code needs; a database without it is refused, one with more is accepted. */
export const MIGRACION_REQUERIDA = '034_articulo_menos_lecturas';

/**
 * Refuses a database that cannot be loaded, before KLK is asked for anything.
 * @throws PipelineError `BD_INTERMEDIARIO`, `BD_SIN_MIGRAR`, `BD_SOLO_LECTURA`, `BD_PERMISO`
 */
export async function checkDatabase(client: Queryable): Promise<void> {
  await Promise.all([refuseIntermediary(client), refuseUnfit(client), refuseUnmigrated(client)]);
}

/** Refuses a read-only server, and a session without the limits that it was opened with: some poolers drop them silently. */
async function refuseUnfit(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ soloLectura: boolean; limites: boolean }>(
    `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "soloLectura",
            current_setting('enable_nestloop') = 'off' AND current_setting('idle_in_transaction_session_timeout') <> '0' AS limites`,
  );
  if (rows[0]?.soloLectura !== false) {
    throw new PipelineError('BD_SOLO_LECTURA', 'La base de datos solo admite lecturas');
  }
  if (!rows[0].limites) throw new PipelineError('BD_INTERMEDIARIO', INTERMEDIARIO);
}

/**
 * Refuses a database that lacks a migration this code needs.
 * @throws PipelineError `BD_SIN_MIGRAR`
 */
export async function refuseUnmigrated(client: Queryable): Promise<void> {
  // A database without the table has the same error code, by SQLSTATE 42P01.
  const { rows } = await client.query('SELECT FROM migraciones WHERE name = $1::text', [MIGRACION_REQUERIDA]);
  if (rows.length === 0) {
    throw new PipelineError(
      'BD_SIN_MIGRAR',
      `A la base de datos le falta la migración ${MIGRACION_REQUERIDA}`,
    );
  }
}

/** The server process of the session's start. pg has it, but not in its types. */
const Session = z.object({ processID: z.int() });

/**
 * Refuses a pooler: it starts the session itself and runs the statements on other sessions, so the process id is not that of the
 * session's start.
 * @throws PipelineError `BD_INTERMEDIARIO`
 */
export async function refuseIntermediary(client: Pick<ClientBase, 'query'>): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  if (rows[0]?.pid !== Session.safeParse(client).data?.processID) {
    throw new PipelineError('BD_INTERMEDIARIO', INTERMEDIARIO);
  }
}

/**
 * The database's clock, read once and continued by the monotonic clock, so that a wrong clock on this machine cannot order snapshots
 * wrongly. It may lag by the latency of the answer, and is never ahead.
 */
export async function readDatabaseClock(client: Queryable): Promise<Clock> {
  const { rows } = await client.query<{ ahora: Date }>('SELECT clock_timestamp() AS ahora');
  const start = performance.now();
  const base = rows[0]?.ahora.getTime() ?? Number.NaN;
  return { now: () => new Date(base + Math.floor(performance.now() - start)) };
}
