import { z } from 'zod';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** The environment variable by which the global setup tells the test files, which run in other processes, about its server. */
export const TEST_POSTGRES = 'TEST_POSTGRES';

/** The migrated database that every test database is a clone of. Nobody can connect to it. */
export const TEMPLATE = 'plantilla';

const Login = z.object({ user: z.string(), password: z.string() });

const TestServer = z.object({
  host: z.string(),
  port: z.number(),
  /** PEM of the authority that signed the server's certificate. */
  ca: z.string(),
  /** The superuser. */
  admin: Login,
  /** The pipeline's own role. */
  etl: Login,
});

/** The PostgreSQL that all tests of a run share. */
export type TestServer = z.infer<typeof TestServer>;

/** The server that the global setup started. */
export const testServer = (): TestServer =>
  TestServer.parse(JSON.parse(process.env[TEST_POSTGRES] ?? 'null'));

/** How one of the two roles reaches a database of the server, in plain text. */
export function settingsFor(server: TestServer, role: 'admin' | 'etl', database: string): DatabaseSettings {
  return { host: server.host, port: server.port, database, ...server[role], tls: false };
}
