import { abortable } from '../deadline.ts';
import { openDatabase } from '../load/database.ts';
import type { Queryable } from '../load/database.ts';
import { refuseUnmigrated } from '../load/preflight.ts';
import type { Systems } from '../systems.ts';
import { readTurnHolders, runningOf } from './turn-holders.ts';

/** What a question to the database needs. */
export type DatabaseSystems = Pick<Systems, 'readDatabaseSettings' | 'readTunables' | 'deadline'>;

/** A question; it is also told which runs are alive at its moment, by their ids. */
type Question<T> = (client: Queryable, vivas: readonly string[]) => Promise<T>;

/**
 * Answers a question from one moment of the database, in a transaction that cannot write.
 * @throws PipelineError `BD_*`, `BD_SIN_MIGRAR` when the tables are not there; or the deadline's reason
 */
export function askDatabase<T>(systems: DatabaseSystems, ask: Question<T>): Promise<T> {
  return withReadOnly(systems, async (client, vivas) => {
    await refuseUnmigrated(client);
    return ask(client, vivas);
  });
}

/**
 * Runs `fn` in a read-only transaction on a connection of its own, whatever the database holds.
 * @throws PipelineError `BD_*`, or the deadline's reason
 */
export async function withReadOnly<T>(
  { readDatabaseSettings, readTunables, deadline }: DatabaseSystems,
  fn: Question<T>,
): Promise<T> {
  const { statementTimeoutMs } = readTunables();
  const session = { applicationName: 'inventario-klk/consulta', statementTimeoutMs };
  const database = await openDatabase(readDatabaseSettings, session, deadline);
  try {
    return await abortable(deadline.signal, () =>
      database.withConnection(async (client) => {
        const [before] = await Promise.all([
          readTurnHolders(client),
          client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
          // A load wants none, see load/database.ts; a question picks few rows out of many.
          client.query('SET LOCAL enable_nestloop = on'),
        ]);
        // Locks are shown as they are now, rows as they were when this statement began. A run that ends or begins in between holds the
        // turn in one of the two looks.
        const holders = [...before, ...(await readTurnHolders(client))];
        const answer = await fn(client, runningOf(holders));
        await client.query('COMMIT');
        return answer;
      }, deadline.signal),
    );
  } finally {
    await database.close();
  }
}
