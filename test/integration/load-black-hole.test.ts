import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../lambdas/inventario-klk/deadline.ts';
import { openDatabase } from '../../lambdas/inventario-klk/load/database.ts';
import type { Database } from '../../lambdas/inventario-klk/load/database.ts';
import { withTransaction } from '../../lambdas/inventario-klk/load/transaction.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';

let test: TestDatabase;
let proxy: PgProxy;
let database: Database;

/** The client waits two seconds longer than the server may take. */
const SESSION = { applicationName: 'inventario-klk/prueba', statementTimeoutMs: 100 };

beforeAll(async () => {
  test = await createTestDatabase();
  proxy = await startPgProxy(test.etl);
});

beforeEach(async () => {
  const settings = { ...test.etl, port: proxy.port };
  database = await openDatabase(() => Promise.resolve(settings), SESSION, deadlineIn(30_000));
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
    await expect(database.withConnection((client) => client.query(`SELECT 'pozo'`))).rejects.toMatchObject({
      codigo: 'BD_CONEXION_PERDIDA',
    });

    await expect(database.withConnection((client) => client.query('SELECT 1 AS uno'))).resolves.toMatchObject(
      {
        rows: [{ uno: 1 }],
      },
    );
  });
});
