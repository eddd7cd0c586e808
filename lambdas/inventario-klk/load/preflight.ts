import { PipelineError } from '../../shared/errors.ts';
import { MIGRACION_REQUERIDA } from '../contract.ts';
import type { Queryable } from './database.ts';

/**
 * Refuses a database that cannot be loaded, before KLK is asked for anything.
 * @throws PipelineError `BD_SIN_MIGRAR`, `BD_SOLO_LECTURA`, `BD_PERMISO`
 */
export async function checkDatabase(client: Queryable): Promise<void> {
  await refuseReadOnly(client);
  await refuseUnmigrated(client);
}

async function refuseReadOnly(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ soloLectura: boolean }>(
    `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "soloLectura"`,
  );
  if (rows[0]?.soloLectura !== false) {
    throw new PipelineError('BD_SOLO_LECTURA', 'La base de datos solo admite lecturas');
  }
}

/**
 * Refuses a database that lacks a migration this code needs.
 * @throws PipelineError `BD_SIN_MIGRAR`
 */
export async function refuseUnmigrated(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ existe: boolean }>(
    `SELECT to_regclass('public.migraciones') IS NOT NULL AS existe`,
  );
  const migrated =
    rows[0]?.existe === true &&
    (await client.query('SELECT 1 FROM migraciones WHERE name = $1::text', [MIGRACION_REQUERIDA])).rows
      .length > 0;
  if (!migrated) {
    throw new PipelineError(
      'BD_SIN_MIGRAR',
      `A la base de datos le falta la migración ${MIGRACION_REQUERIDA}`,
    );
  }
}
