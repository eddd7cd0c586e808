import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { createUser, ETL } from '../../lambdas/migraciones/create-user.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { startPostgres } from '../../local/postgres/server.ts';
import { openRunFolder } from './run-folder.ts';
import { TEMPLATE, TEST_POSTGRES, settingsFor } from './test-server.ts';
import type { TestServer } from './test-server.ts';

/** Nothing here has to survive a power cut. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '128MB',
};

let stop: () => Promise<void> = () => Promise.resolve();

/** Starts the PostgreSQL of a test run. Jest calls it once, however many projects name it. */
export default async function globalSetup(): Promise<void> {
  const dataDir = join(openRunFolder(), 'postgresql');
  const postgres = await startPostgres({
    dataDir,
    settings: FAST,
    onWarning: (message) => process.stderr.write(`${message}\n`),
  });
  stop = () => postgres.stop();
  const server: TestServer = {
    host: postgres.host,
    port: postgres.port,
    ca: postgres.ca,
    admin: { user: postgres.user, password: postgres.password },
    etl: { user: 'etl', password: randomBytes(16).toString('hex') },
  };
  await makeTemplate(server).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  process.env[TEST_POSTGRES] = JSON.stringify(server);
}

/** Stops the server; its data go with the folder of the run. */
export async function stopTestServer(): Promise<void> {
  await stop();
}

async function makeTemplate(server: TestServer): Promise<void> {
  const client = new Client(toClientConfig(settingsFor(server, 'admin', 'postgres')));
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  const template = settingsFor(server, 'admin', TEMPLATE);
  await applyMigrations(template);
  await createUser(template, ETL, server.etl);
  // A database cannot be cloned while a session is connected to it, so connections are refused.
  await client.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  await client.end();
}
