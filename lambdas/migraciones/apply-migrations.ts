import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Client } from 'pg';
import { toDatabaseError } from '../core/postgres/errors.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { PipelineError } from '../core/errors/errors.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import { refuseForeignDatabase } from './foreign-database.ts';
import { withMigrationLock } from './migration-session.ts';
import { findPending, readMigrations } from './pending.ts';
import { refuseReadOnly, refuseWithoutRights } from './rights.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** A failure with one of these codes is the migration's own; any other is the database's and keeps its code. */
const OF_THE_MIGRATION: ReadonlySet<CodigoError> = new Set(['BD_ERROR', 'BD_SIN_MIGRAR', 'ERROR_INTERNO']);

/**
 * Applies the pending migrations in order, each in its own transaction, while concurrent runners wait. Calls `onMigration` after each
 * commit, and returns the names.
 * @throws PipelineError `BASE_AJENA`, `BD_PERMISO_MIGRACION` or `BD_SOLO_LECTURA` before any DDL; `MIGRACION_FALLIDA` or `BD_*`, naming the
 * migration that failed and those that were committed before it
 */
export async function applyMigrations(
  settings: DatabaseSettings,
  onMigration: (name: string) => void = () => undefined,
  migrations: URL = MIGRATIONS,
): Promise<string[]> {
  const available = await readMigrations(migrations);
  return withMigrationLock(settings, async (client) => {
    await refuseReadOnly(client);
    await refuseForeignDatabase(client);
    await refuseWithoutRights(client);
    await createHistory(client);
    const applied: string[] = [];
    for (const name of await findPending(client, available)) {
      try {
        await applyMigration(client, migrations, name);
      } catch (error) {
        throw toMigrationError(error, name, applied);
      }
      applied.push(name);
      onMigration(name);
    }
    return applied;
  });
}

/** The table as node-pg-migrate creates it. Created here, because node-pg-migrate drops the code and the cause of a failure. */
async function createHistory(client: Client): Promise<void> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS public.migraciones (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)',
  );
}

async function applyMigration(client: Client, migrations: URL, name: string): Promise<void> {
  await runner({
    dbClient: client,
    dir: fileURLToPath(migrations),
    file: name,
    // Anything but SQL in the folder would be loaded as code.
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migraciones',
    noLock: true,
    log: () => undefined,
  });
}

function toMigrationError(cause: unknown, name: string, applied: readonly string[]): PipelineError {
  const { codigo, message } = toDatabaseError(cause);
  const fate =
    codigo === 'BD_CONEXION_PERDIDA'
      ? 'no se sabe si quedó aplicada; al repetir se sigue desde donde quedó'
      : 'se deshizo entera';
  const before =
    applied.length === 0
      ? 'esta vez no se aplicó ninguna antes'
      : `antes de ella quedaron aplicadas ${applied.join(', ')}`;
  return new PipelineError(
    OF_THE_MIGRATION.has(codigo) ? 'MIGRACION_FALLIDA' : codigo,
    `Falló la migración ${name}.sql (${message}): ${fate}; ${before}`,
    { cause },
  );
}
