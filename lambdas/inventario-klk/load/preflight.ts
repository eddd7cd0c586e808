import { PipelineError } from '../../shared/errors.ts';
import { INTERMEDIARIO, refuseIntermediary } from '../../shared/intermediary.ts';
import { MIGRACION_REQUERIDA } from '../contract.ts';
import type { Queryable } from './database.ts';

/**
 * Refuses a database that cannot be loaded, before KLK is asked for anything.
 * @throws PipelineError `BD_INTERMEDIARIO`, `BD_SIN_MIGRAR`, `BD_SOLO_LECTURA`, `BD_PERMISO`
 */
export async function checkDatabase(client: Queryable): Promise<void> {
  await Promise.all([refuseIntermediary(client), refuseUnfit(client), refuseUnmigrated(client)]);
}

/** Refuses a server that only reads, and a session without the limits it was asked to begin with: some poolers drop them silently. */
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
  // A database without the table at all is refused by the same code: it answers 42P01.
  const { rows } = await client.query('SELECT FROM migraciones WHERE name = $1::text', [MIGRACION_REQUERIDA]);
  if (rows.length === 0) {
    throw new PipelineError(
      'BD_SIN_MIGRAR',
      `A la base de datos le falta la migración ${MIGRACION_REQUERIDA}`,
    );
  }
}
