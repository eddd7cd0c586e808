import { createConnection } from '../core/postgres/connection.ts';
import type { Connection, Queryable } from '../core/postgres/connection.ts';
import { readCredentials } from '../core/postgres/credentials.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { ProblemError } from './problem.ts';
import { readInstantanea } from './queries/read-instantanea.ts';
import type { Instantanea } from './queries/read-instantanea.ts';

/** Limit of a statement, which the server enforces. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** Limit of a whole question, for a connection that no longer answers: it may have died while Lambda was frozen. */
const ANSWER_WITHIN_MS = 12_000;

/** Answers questions to the database, each from one snapshot of it. */
export interface Database {
  /**
   * Runs `fn` in a read-only transaction. A connection that was lost while it waited is opened again, and `fn` runs again.
   * @throws ProblemError that `fn` threw; PipelineError `BD_*`, `SECRETO_*`
   */
  ask<T>(fn: (client: Queryable, instantanea: Instantanea) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where the database is, and how many connections are opened: one in Lambda, where a process handles one request at a time. */
export interface DatabaseOptions {
  readonly readSettings: () => Promise<DatabaseSettings>;
  readonly connections?: number;
}

/** The database. Nothing is connected before the first question. */
export function openDatabase({ readSettings, connections = 1 }: DatabaseOptions): Database {
  let last: Instantanea | undefined;
  const readLast = async (client: Queryable): Promise<Instantanea> => {
    const read = await readInstantanea(client);
    if (last?.version !== read.version || last.hoy !== read.hoy) last = read;
    return last;
  };
  const sessions = Array.from({ length: connections }, () => openSession(readSettings, readLast));
  let next = 0;
  return {
    ask: (fn) => {
      const free = sessions.find((session) => !session.busy()) ?? sessions[next++ % connections];
      // `connections` is at least 1.
      if (free === undefined) throw new RangeError('connections');
      return free.ask(fn);
    },
    close: async () => {
      await Promise.all(sessions.map((session) => session.close()));
    },
  };
}

interface Session extends Database {
  busy(): boolean;
}

/** One connection, opened for its first question. After an error of `RENEWS` it is closed, and the next question opens another with settings read anew. */
function openSession(
  readSettings: () => Promise<DatabaseSettings>,
  readInstantanea: (client: Queryable) => Promise<Instantanea>,
): Session {
  let connection: Promise<Connection> | undefined;
  let asking = 0;
  const open = async (): Promise<Connection> =>
    createConnection(await readCredentials(readSettings), {
      applicationName: 'consultas',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      readOnly: true,
      plansOnce: true,
    });
  const discard = async (): Promise<void> => {
    const discarded = connection;
    connection = undefined;
    await (await discarded?.catch(() => undefined))?.close();
  };
  const ask: Database['ask'] = async (fn) => {
    try {
      return await answer(await (connection ??= open()), readInstantanea, fn);
    } catch (error) {
      if (isOneOf(error, RENEWS)) await discard();
      throw error;
    }
  };
  return {
    busy: () => asking > 0,
    ask: async (fn) => {
      const used = connection !== undefined;
      asking += 1;
      try {
        return await ask(fn).catch((error: unknown) => {
          if (used && isOneOf(error, REPEATS)) return ask(fn);
          throw error;
        });
      } finally {
        asking -= 1;
      }
    },
    close: discard,
  };
}

const isOneOf = (error: unknown, codigos: ReadonlySet<CodigoError>): boolean =>
  error instanceof PipelineError && codigos.has(error.codigo);

/** Errors after which a question on a connection that was used before is asked once more: it may have ended, or its password been rotated. */
const REPEATS: ReadonlySet<CodigoError> = new Set(['BD_CONEXION_PERDIDA', 'BD_CREDENCIALES']);

/** Errors after which the connection is closed and the settings are read again. */
const RENEWS: ReadonlySet<CodigoError> = new Set([
  'BD_CREDENCIALES',
  'BD_INACCESIBLE',
  'BD_INEXISTENTE',
  'BD_TLS',
  'SECRETO_INACCESIBLE',
  'SECRETO_INVALIDO',
]);

/** Runs `fn` in its transaction. A ProblemError is thrown after COMMIT: unlike an error of the database it does not end the connection. */
async function answer<T>(
  connection: Connection,
  readInstantanea: (client: Queryable) => Promise<Instantanea>,
  fn: (client: Queryable, instantanea: Instantanea) => Promise<T>,
): Promise<T> {
  const settled = await connection.use(async (client) => {
    const [, instantanea] = await Promise.all([
      client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
      readInstantanea(client),
    ]);
    const outcome = await fn(client, instantanea).then(
      (value) => ({ value }),
      (error: unknown) => {
        if (error instanceof ProblemError) return { problem: error };
        throw error;
      },
    );
    await client.query('COMMIT');
    return outcome;
  }, timeLimit());
  if ('problem' in settled) throw settled.problem;
  return settled.value;
}

const timeLimit = (): AbortSignal => {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(new PipelineError('BD_INACCESIBLE', `La base no contestó en ${ANSWER_WITHIN_MS} ms`));
  }, ANSWER_WITHIN_MS).unref();
  return controller.signal;
};
