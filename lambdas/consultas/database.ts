import { createConnection } from '../core/postgres/connection.ts';
import type { Connection, Queryable } from '../core/postgres/connection.ts';
import { readCredentials } from '../core/postgres/credentials.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { ProblemError } from './problem.ts';
import { readInstantanea } from './queries/read-instantanea.ts';
import type { Instantanea } from './queries/read-instantanea.ts';

/** The server ends a statement after this long: nobody waits longer for a table. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** A server that went silent, and a connection that died while Lambda was frozen, are given up after this long. */
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

/** Where the database is, and how many questions it is asked at once: one in Lambda, where a process has one request. */
export interface DatabaseOptions {
  readonly readSettings: () => Promise<DatabaseSettings>;
  readonly connections?: number;
}

/** A database that is connected to when the first question is asked. */
export function openDatabase({ readSettings, connections = 1 }: DatabaseOptions): Database {
  const places = Array.from({ length: connections }, () => openPlace(readSettings));
  let next = 0;
  return {
    ask: (fn) => {
      const free = places.find((place) => !place.busy()) ?? places[next++ % connections];
      // There is at least one.
      if (free === undefined) throw new RangeError('connections');
      return free.ask(fn);
    },
    close: async () => {
      await Promise.all(places.map((place) => place.close()));
    },
  };
}

interface Place extends Database {
  busy(): boolean;
}

/** One connection. It is made anew when the password was refused even after it had been read again: it may be rotated many times. */
function openPlace(readSettings: () => Promise<DatabaseSettings>): Place {
  let connection: Promise<Connection> | undefined;
  let asking = 0;
  const open = async (): Promise<Connection> =>
    createConnection(await readCredentials(readSettings), {
      applicationName: 'consultas',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      readOnly: true,
    });
  const discard = async (): Promise<void> => {
    const discarded = connection;
    connection = undefined;
    await (await discarded?.catch(() => undefined))?.close();
  };
  const ask: Database['ask'] = async (fn) => {
    try {
      return await answer(await (connection ??= open()), fn);
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

/** A connection that was used before may have ended while it waited, and its password may have been rotated since. */
const REPEATS: ReadonlySet<CodigoError> = new Set(['BD_CONEXION_PERDIDA', 'BD_CREDENCIALES']);

/** After these the settings are read again. */
const RENEWS: ReadonlySet<CodigoError> = new Set([
  'BD_CREDENCIALES',
  'BD_INACCESIBLE',
  'BD_INEXISTENTE',
  'BD_TLS',
  'SECRETO_INACCESIBLE',
  'SECRETO_INVALIDO',
]);

/** A question that turned out wrong ends its transaction like any other: only what the database throws breaks the connection. */
async function answer<T>(
  connection: Connection,
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
