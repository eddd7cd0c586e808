import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { readAllVersions, readInventario } from '../support/inventory-state.ts';
import { load, resetInventario } from '../support/loading.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';
import { at, snapshot } from '../support/snapshots.ts';

let database: TestDatabase;
let proxy: PgProxy;
let other: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startPgProxy(database.etl);
});

beforeEach(async () => {
  other = new Client(toClientConfig(database.admin));
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5' }));
});

afterEach(async () => {
  await other.end();
  proxy.reset();
  await database.expectNoTrace();
});

afterAll(async () => {
  await proxy.close();
  await database.drop();
});

const nuevo = snapshot({ '000001': '4' }, { extraccion: at('10:30') });

describe('a deadline', () => {
  it('that has passed lets no load start', async () => {
    const before = await readAllVersions(database);

    await expect(load(database.etl, nuevo, deadlineIn(0))).rejects.toMatchObject({
      codigo: 'SIN_TIEMPO',
    });
    expect(await readAllVersions(database)).toEqual(before);
  });

  it('that passes while the load waits for a lock ends it at once, and undoes it', async () => {
    const before = await readAllVersions(database);
    await other.connect();
    await other.query('BEGIN; SELECT FROM almacenes FOR UPDATE');
    const start = performance.now();

    await expect(load(database.etl, nuevo, deadlineIn(300))).rejects.toMatchObject({
      codigo: 'SIN_TIEMPO',
    });
    expect(performance.now() - start).toBeLessThan(8_000);
    expect(await readAllVersions(database)).toEqual(before);
  });

  it('that passes between two attempts ends the load', async () => {
    proxy.cutWhen(/FOR UPDATE/, 'before');

    await expect(load({ ...database.etl, port: proxy.port }, nuevo, deadlineIn(300))).rejects.toMatchObject({
      codigo: 'SIN_TIEMPO',
    });
    expect(await readInventario(database)).toMatchObject([{ cantidad: '5' }]);
  });

  it('that passes while a COMMIT is unanswered leaves the load uncertain', async () => {
    const passing = new AbortController();
    proxy.hold((sql) => {
      if (sql !== 'COMMIT') return false;
      setTimeout(() => {
        passing.abort(new PipelineError('SIN_TIEMPO', 'Se acabó el tiempo'));
      }, 50);
      return true;
    });
    const deadline = { remainingMs: () => 60_000, signal: passing.signal };

    await expect(load({ ...database.etl, port: proxy.port }, nuevo, deadline)).rejects.toMatchObject({
      codigo: 'COMMIT_INCIERTO',
    });
    proxy.reset();
    expect(await readInventario(database)).toMatchObject([{ cantidad: '5' }]);
  });
});
