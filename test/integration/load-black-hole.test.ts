import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { openConnection } from '../../lambdas/core/postgres/connection.ts';
import type { Connection } from '../../lambdas/core/postgres/connection.ts';
import { withTransaction } from '../../lambdas/core/postgres/transaction.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';

let test: TestDatabase;
let proxy: PgProxy;
let database: Connection;

/** The client waits two seconds longer than the server may take. */
const SESSION = { applicationName: 'inventario-klk/prueba', statementTimeoutMs: 100 };

beforeAll(async () => {
  test = await createTestDatabase();
  proxy = await startPgProxy(test.etl);
});

beforeEach(async () => {
  const settings = { ...test.etl, port: proxy.port };
  database = await openConnection(() => Promise.resolve(settings), SESSION, deadlineIn(30_000));
});

afterEach(async () => {
  await database.close();
  proxy.reset();
  await test.expectNoTrace();
});

afterAll(async () => {
  await proxy.close();
  await test.drop();
});

describe('a statement that is never answered', () => {
  it('counts as a lost connection after the limit, and nothing more is asked of that connection', async () => {
    proxy.hold(/pozo/);
    const start = performance.now();
    const asking = withTransaction(database, (client) => client.query(`SELECT 'pozo'`));

    await expect(asking).rejects.toMatchObject({ codigo: 'BD_CONEXION_PERDIDA' });
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('leaves the next statement a connection of its own', async () => {
    proxy.hold(/pozo/);
    await expect(database.use((client) => client.query(`SELECT 'pozo'`))).rejects.toMatchObject({
      codigo: 'BD_CONEXION_PERDIDA',
    });

    await expect(database.use((client) => client.query('SELECT 1 AS uno'))).resolves.toMatchObject({
      rows: [{ uno: 1 }],
    });
  });
});
