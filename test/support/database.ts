import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { TEMPLATE, settingsFor, testServer } from './test-server.ts';

/** The name under which the tests' own questions appear in pg_stat_activity. */
const APPLICATION_NAME = 'pruebas';

/** A server process needs a moment to notice that its client is gone. */
const TRACE_VANISHES_WITHIN_MS = 20_000;

/** A session of somebody else on the test database. */
interface Session {
  readonly pid: number;
  readonly application_name: string;
  readonly state: string | null;
  readonly query: string;
}

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  /** The superuser's way in, in plain text. */
  readonly admin: DatabaseSettings;
  /** The least-privilege way in of the pipeline, in plain text. */
  readonly etl: DatabaseSettings;
  /** PEM of the authority that signed the server's certificate, for a test that wants TLS. */
  readonly ca: string;
  /** Runs a statement as the superuser and returns its rows. */
  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** The sessions on this database but for those of `query`. */
  sessions(): Promise<Session[]>;
  /** Fails when a session, an advisory lock or a temporary table stays behind. */
  expectNoTrace(): Promise<void>;
  /** Ends every session and removes the database. */
  drop(): Promise<void>;
}

/** Clones the template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = testServer();
  const name = `prueba_${randomBytes(8).toString('hex')}`;
  const maintenance = settingsFor(server, 'admin', 'postgres');
  await runAlone(maintenance, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  const admin = settingsFor(server, 'admin', name);
  const pool = new Pool({ ...toClientConfig(admin), application_name: APPLICATION_NAME, max: 2 });
  // A test may end these sessions too, while they are idle.
  pool.on('error', () => undefined);
  return {
    admin,
    etl: settingsFor(server, 'etl', name),
    ca: server.ca,
    query: async (sql, params = []) => (await pool.query<Record<string, unknown>>(sql, [...params])).rows,
    sessions: async () => (await pool.query<Session>(SESSIONS)).rows,
    expectNoTrace: () => expectNoTrace(pool),
    async drop(): Promise<void> {
      await pool.end();
      await runAlone(maintenance, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

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

async function expectNoTrace(pool: Pool): Promise<void> {
  const deadline = performance.now() + TRACE_VANISHES_WITHIN_MS;
  for (;;) {
    const { rows } = await pool.query<{ trace: string }>(TRACES);
    if (rows.length === 0) return;
    if (performance.now() > deadline) {
      throw new Error(`Left behind:\n${rows.map(({ trace }) => trace).join('\n')}`);
    }
    await sleep(20);
  }
}

async function runAlone(settings: DatabaseSettings, statement: string): Promise<void> {
  const client = new Client({ ...toClientConfig(settings), application_name: APPLICATION_NAME });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
