import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { settingsFor, testServer } from './test-server.ts';

/** Runs statements on a connection of their own, and returns the rows of the last one. */
export async function runOn(
  settings: DatabaseSettings,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, [...params])).rows;
  } finally {
    await client.end();
  }
}

/** A database in which nothing was ever done. */
export interface EmptyDatabase {
  /** The superuser's way in. */
  readonly admin: DatabaseSettings;
  drop(): Promise<void>;
}

/** Creates an empty database, owned by the superuser or by another role. */
export async function createEmptyDatabase(owner?: string): Promise<EmptyDatabase> {
  const server = testServer();
  const maintenance = settingsFor(server, 'admin', 'postgres');
  const name = `vacia_${randomBytes(8).toString('hex')}`;
  await runOn(maintenance, `CREATE DATABASE ${name}${owner === undefined ? '' : ` OWNER ${owner}`}`);
  return {
    admin: settingsFor(server, 'admin', name),
    drop: async () => {
      await runOn(maintenance, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
