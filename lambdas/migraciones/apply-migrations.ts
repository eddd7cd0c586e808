import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import { toConnectError, toDatabaseError } from '../shared/database-errors.ts';
import { toClientConfig } from '../shared/database-settings.ts';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { refuseIntermediary } from '../shared/intermediary.ts';
import { refuseForeignDatabase } from './foreign-database.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** A migration waits this long for a table lock before it gives up: behind it, every reader of that table would queue. */
const LOCK_TIMEOUT_MS = 30_000;

/**
 * Applies the pending migrations in order, each in its own transaction, under an advisory lock that makes concurrent
 * runners wait. Returns the names applied.
 * @throws PipelineError `BASE_AJENA` before any DDL when the tables exist without our history; `BD_*` otherwise.
 */
export async function applyMigrations(
  settings: DatabaseSettings,
  onMigration: (name: string) => void = () => undefined,
  migrations: URL = MIGRATIONS,
): Promise<string[]> {
  return withClient(settings, async (client) => {
    await refuseForeignDatabase(client);
    const applied = await runner({
      dbClient: client,
      dir: fileURLToPath(migrations),
      // Anything but SQL in the folder would be loaded as code.
      ignorePattern: '(?!.*\\.sql$).*',
      direction: 'up',
      migrationsTable: 'migraciones',
      checkOrder: true,
      advisoryLockMode: 'wait',
      log: () => undefined,
    });
    const names = applied.map(({ name }) => name);
    names.forEach(onMigration);
    return names;
  });
}

/** Runs `fn` on one connection of its own and always closes it. */
export async function withClient<T>(
  settings: DatabaseSettings,
  fn: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...toClientConfig(settings),
    application_name: 'inventario-klk/migraciones',
    lock_timeout: LOCK_TIMEOUT_MS,
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
