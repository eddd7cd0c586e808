import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { useDatabase } from '../support/database.ts';
import { load, readInventario, readInventoryVersions, resetInventario } from '../support/inventory.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { at, snapshot } from '../support/snapshots.ts';
import { testServer } from '../support/test-server.ts';

const proxy = await startPgProxy(testServer());
afterEach(() => {
  proxy.reset();
});
afterAll(() => proxy.close());
const database = await useDatabase();

beforeEach(async () => {
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5' }));
});

const nuevo = snapshot({ '000001': '4' }, { extraccion: at('10:30') });

describe('The deadline of a load', () => {
  it('No load begins after its deadline', async () => {
    const before = await readInventoryVersions(database);

    await expect(load(database.etl, nuevo, deadlineIn(0))).rejects.toMatchObject({
      codigo: 'SIN_TIEMPO',
    });
    expect(await readInventoryVersions(database)).toEqual(before);
  });

  it('A deadline that passes between two attempts ends the load', async () => {
    proxy.cut(/FOR UPDATE/, 'before');

    await expect(load({ ...database.etl, port: proxy.port }, nuevo, deadlineIn(300))).rejects.toMatchObject({
      codigo: 'SIN_TIEMPO',
    });
    expect(await readInventario(database)).toMatchObject([{ cantidad: '5' }]);
  });

  it('A deadline that passes while a COMMIT is unanswered ends the load as uncertain', async () => {
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
