import type { Tienda } from '../config/catalogo.ts';
import { PipelineError, toPipelineError } from '../errors/errors.ts';
import { ConfiguracionInvalida } from '../errors/invalid.ts';
import { describeFailure } from './remedy.ts';
import type { Asked, Place } from './remedy.ts';
import type { KlkLimits, KlkSettings } from '../klk/settings.ts';
import { openConnection } from '../postgres/connection.ts';
import type { Queryable } from '../postgres/connection.ts';
import { refuseUnmigrated } from '../postgres/preflight.ts';
import type { DatabaseSettings } from '../postgres/settings.ts';
import { abortable } from '../time/deadline.ts';
import type { Deadline } from '../time/deadline.ts';
import { readLockHolders, runningOf } from './lock-holders.ts';

/**
 * What a question needs. Each setting is read only when it is needed, because some questions use no KLK and others no database. Every
 * reader may throw ConfiguracionInvalida, and those of the Lambda's secrets PipelineError.
 */
export interface QuestionContext {
  readonly readCatalogo: () => readonly Tienda[];
  readonly readTunables: () => { readonly klk: KlkLimits; readonly statementTimeoutMs: number };
  readonly readKlkSettings: () => Promise<KlkSettings>;
  readonly readDatabaseSettings: () => Promise<DatabaseSettings>;
  readonly deadline: Deadline;
  /** Where the commands of a remedy are typed. */
  readonly place: Place;
}

/** What a question to the database alone needs. */
export type DatabaseContext = Pick<QuestionContext, 'readDatabaseSettings' | 'readTunables' | 'deadline'>;

/** A question; `vivas` are the ids of the runs that are alive. */
type Question<T> = (client: Queryable, vivas: readonly string[]) => Promise<T>;

/**
 * Answers a question from one snapshot of the database, in a read-only transaction.
 * @throws PipelineError `BD_*`, `BD_SIN_MIGRAR` when the tables are not there; or the deadline's reason
 */
export function askDatabase<T>(context: DatabaseContext, ask: Question<T>): Promise<T> {
  return withReadOnly(context, async (client, vivas) => {
    await refuseUnmigrated(client);
    return ask(client, vivas);
  });
}

/**
 * Runs `fn` in a read-only transaction on a connection of its own; the schema may be missing.
 * @throws PipelineError `BD_*`, or the deadline's reason
 */
export async function withReadOnly<T>(
  { readDatabaseSettings, readTunables, deadline }: DatabaseContext,
  fn: Question<T>,
): Promise<T> {
  const { statementTimeoutMs } = readTunables();
  const session = { applicationName: 'inventario-klk/consulta', statementTimeoutMs };
  const connection = await openConnection(readDatabaseSettings, session, deadline);
  try {
    return await abortable(deadline.signal, () =>
      connection.use(async (client) => {
        const [before] = await Promise.all([
          readLockHolders(client),
          client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
          // Off for loads (core/postgres/connection.ts); a question picks few rows out of many.
          client.query('SET LOCAL enable_nestloop = on'),
        ]);
        // Locks are read at this moment, rows as of the transaction's snapshot. A run that ends or begins in between holds the lock in one
        // of the two readings.
        const holders = [...before, ...(await readLockHolders(client))];
        const answer = await fn(client, runningOf(holders));
        await client.query('COMMIT');
        return answer;
      }, deadline.signal),
    );
  } finally {
    await connection.close();
  }
}

/**
 * Answers a question from inside the network, as a Lambda does. Loads nothing.
 * @throws ConfiguracionInvalida, or PipelineError whose message has code and remedy
 */
export async function answerWithRemedy<T>(
  asked: Asked,
  context: QuestionContext,
  answer: (context: QuestionContext) => Promise<T>,
): Promise<T> {
  try {
    return await answer(context);
  } catch (thrown) {
    if (thrown instanceof ConfiguracionInvalida) throw thrown;
    const { codigo, message } = toPipelineError(thrown);
    throw new PipelineError(codigo, describeFailure(codigo, message, asked, context.place), {
      cause: thrown,
    });
  }
}
