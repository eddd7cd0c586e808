import { openDatabase } from '../load/database.ts';
import type { Queryable } from '../load/database.ts';
import { refuseUnmigrated } from '../load/preflight.ts';
import type { Systems } from '../systems.ts';

type DatabaseSystems = Pick<Systems, 'readDatabaseSettings' | 'readTunables' | 'deadline'>;

/**
 * Answers a question from one moment of the database, in a transaction that cannot write.
 * @throws PipelineError `BD_*`, `BD_SIN_MIGRAR` when the tables are not there.
 */
export function askDatabase<T>(systems: DatabaseSystems, ask: (client: Queryable) => Promise<T>): Promise<T> {
  return withReadOnly(systems, async (client) => {
    await refuseUnmigrated(client);
    return ask(client);
  });
}

/**
 * Runs `fn` in a read-only transaction on a connection of its own, whatever the database holds.
 * @throws PipelineError `BD_*`
 */
export async function withReadOnly<T>(
  { readDatabaseSettings, readTunables, deadline }: DatabaseSystems,
  fn: (client: Queryable) => Promise<T>,
): Promise<T> {
  const { statementTimeoutMs } = readTunables();
  const session = { applicationName: 'inventario-klk/consulta', statementTimeoutMs };
  const database = await openDatabase(readDatabaseSettings, session, deadline);
  try {
    return await database.withConnection(async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // A load wants none, see load/database.ts; a question picks few rows out of many.
      await client.query('SET LOCAL enable_nestloop = on');
      const answer = await fn(client);
      await client.query('COMMIT');
      return answer;
    }, deadline.signal);
  } finally {
    await database.close();
  }
}
