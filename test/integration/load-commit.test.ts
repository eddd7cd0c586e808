import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { load, readHistorico, readInventario, resetInventario } from '../support/inventory.ts';
import { startTcpHop } from '../support/network.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { at, ejecucion, snapshot } from '../support/snapshots.ts';
import { testServer } from '../support/test-server.ts';

/** Until the second connection asks, another run loads. */
let otherLoad: Promise<unknown> | undefined;
const hop = await startTcpHop(testServer(), {
  admit: async (n) => {
    if (n > 1) await (otherLoad ??= load(database.etl, newest));
  },
});
const proxy = await startPgProxy({ host: '127.0.0.1', port: hop.port });
afterEach(() => {
  proxy.reset();
});
afterAll(async () => {
  await proxy.close();
  await hop.close();
});
const database = await useDatabase();

beforeEach(async () => {
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
});

const newer = snapshot({ '000001': '4' }, { extraccion: at('10:30'), ejecucionId: ejecucion(2) });
const newest = snapshot({ '000001': '2' }, { extraccion: at('11:00'), ejecucionId: ejecucion(3) });

it('A COMMIT whose answer is lost is found done even if another run has replaced the snapshot since', async () => {
  let lost = false;
  proxy.cut((sql) => !lost && (lost = sql === 'COMMIT'), 'after');

  await expect(load({ ...database.etl, port: proxy.port }, newer)).resolves.toMatchObject({
    productosNuevos: 0,
    inventario: 1,
    retirados: 1,
    historico: 2,
  });
  expect(await readInventario(database)).toMatchObject([{ codigo: '000001', cantidad: '2' }]);
  expect(await readHistorico(database)).toEqual([
    { codigo: '000001', cantidad: '5', desde: '10:00', hasta: '10:30' },
    { codigo: '000001', cantidad: '4', desde: '10:30', hasta: '11:00' },
    { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
  ]);
});
