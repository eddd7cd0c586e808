import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach } from '@jest/globals';
import { Client, Pool } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { TEMPLATE, settingsFor, testServer } from './test-server.ts';

export type Row = Record<string, unknown>;

/** The name under which the tests' own sessions appear in pg_stat_activity. */
const APPLICATION_NAME = 'pruebas';

/** A server process ends a moment after its client. */
const TRACE_VANISHES_WITHIN_MS = 20_000;

/** A session whose statements a test steps through. */
export interface Session {
  /** Runs a statement and returns its rows. */
  query(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  end(): Promise<void>;
}

/** A database of its own on the server that all tests share. */
export interface TestDatabase {
  /** The superuser's way in, in plain text. */
  readonly admin: DatabaseSettings;
  /** The least-privilege way in of the pipeline, in plain text. */
  readonly etl: DatabaseSettings;
  /** PEM of the authority that signed the server's certificate, for a test that wants TLS. */
  readonly ca: string;
  /** Runs a statement as the superuser and returns its rows. */
  query(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Opens a session, as the superuser unless told otherwise. One of `useDatabase` ends with its test at the latest. */
  openSession(settings?: DatabaseSettings, applicationName?: string): Promise<Session>;
  /** What the sessions on this database run, but for the tests' own. */
  sessions(): Promise<Row[]>;
  /** Returns once some session of this database waits for a lock of another. */
  untilSomebodyWaits(): Promise<void>;
  /** Fails when a session, an advisory lock or a temporary table stays behind. */
  expectNoTrace(): Promise<void>;
  /** Ends every session and removes the database. */
  drop(): Promise<void>;
}

/** Runs statements on a connection of their own, and returns the rows of the last one. */
export async function runOn(
  settings: DatabaseSettings,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const session = await connect(settings);
  return session.query(sql, params).finally(() => session.end());
}

async function connect(settings: DatabaseSettings, applicationName = APPLICATION_NAME): Promise<Session> {
  const client = new Client({ ...toClientConfig(settings), application_name: applicationName });
  // The server may end it; the next statement says so.
  client.on('error', () => undefined);
  await client.connect();
  return {
    // Several statements in one text have several results.
    query: async (sql, params = []) => [await client.query<Row>(sql, [...params])].flat().at(-1)?.rows ?? [],
    end: () => client.end(),
  };
}

/** Creates a database: a clone of the migrated template, or an empty one that belongs to the superuser or to another role. */
export async function createDatabase({ empty = false, owner = '' } = {}): Promise<TestDatabase> {
  const server = testServer();
  const name = `prueba_${randomBytes(8).toString('hex')}`;
  const maintenance = settingsFor(server, 'admin', 'postgres');
  const from = empty ? '' : `TEMPLATE ${TEMPLATE}`;
  await runOn(maintenance, `CREATE DATABASE ${name} ${from} ${owner === '' ? '' : `OWNER ${owner}`}`);
  const admin = settingsFor(server, 'admin', name);
  const pool = new Pool({ ...toClientConfig(admin), application_name: APPLICATION_NAME, max: 2 });
  // A test may end these sessions too, while they are idle.
  pool.on('error', () => undefined);
  const query = async (sql: string, params: readonly unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(sql, [...params])).rows;
  return {
    admin,
    etl: settingsFor(server, 'etl', name),
    ca: server.ca,
    query,
    openSession: (settings = admin, applicationName) => connect(settings, applicationName),
    sessions: () => query(SESSIONS),
    untilSomebodyWaits: async () => {
      while ((await query(WAITING)).length === 0) await sleep(5);
    },
    expectNoTrace: () => expectNoRows(() => query(TRACES)),
    drop: async () => {
      await pool.end();
      await runOn(maintenance, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/**
 * A migrated database for the tests of one file. A test fails when it leaves a trace, so a file declares its own clean-up before calling
 * this.
 */
export async function useDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  const opened: Session[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((session) => session.end()));
    await database.expectNoTrace();
  });
  afterAll(() => database.drop());
  return {
    ...database,
    openSession: async (...who) => {
      const session = await database.openSession(...who);
      opened.push(session);
      return session;
    },
  };
}

const WAITING = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

const SESSIONS = `
  SELECT pid, application_name, state, query
    FROM pg_stat_activity
   WHERE datname = current_database() AND backend_type = 'client backend'
     AND application_name <> '${APPLICATION_NAME}'`;

const TRACES = `
  SELECT format('session %s of %s, %s: %s', pid, application_name, state, query) AS trace FROM (${SESSIONS}) AS s
  UNION ALL
  SELECT format('advisory lock held by %s', pid)
    FROM pg_locks
   WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL
  SELECT format('temporary table %s', relname) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'`;

async function expectNoRows(ask: () => Promise<Row[]>): Promise<void> {
  const deadline = performance.now() + TRACE_VANISHES_WITHIN_MS;
  for (let rows = await ask(); rows.length > 0; rows = await ask()) {
    if (performance.now() > deadline)
      throw new Error(`Left behind:\n${rows.map(({ trace }) => trace).join('\n')}`);
    await sleep(20);
  }
}
