import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** A session whose statements a test steps through. It must be ended. */
export interface Session {
  /** Runs a statement and returns its rows. */
  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

/** Opens a session of its own. */
export async function openSession(settings: DatabaseSettings): Promise<Session> {
  const client = new Client(toClientConfig(settings));
  // The server may end it; the next statement says so.
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async (sql, params = []) => (await client.query<Record<string, unknown>>(sql, [...params])).rows,
    end: () => client.end(),
  };
}
