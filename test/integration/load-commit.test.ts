import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { readHistorico, readInventario } from '../support/inventory-state.ts';
import { load, resetInventario } from '../support/loading.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';
import { at, ejecucion, snapshot } from '../support/snapshots.ts';

let database: TestDatabase;
let proxy: PgProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startPgProxy(database.etl);
});

beforeEach(async () => {
  await resetInventario(database);
  await load(database.etl, snapshot({ '000001': '5', '000002': '3' }));
  proxy.reset();
});

afterEach(() => database.expectNoTrace());

afterAll(async () => {
  await proxy.close();
  await database.drop();
});

const nuevo = snapshot({ '000001': '4' }, { extraccion: at('10:30'), ejecucionId: ejecucion(2) });
const CONTEOS = { productosNuevos: 0, inventario: 1, retirados: 1, historico: 2 };

const versions = async (): Promise<number[]> => [
  (await readInventario(database)).length,
  (await readHistorico(database)).length,
];

describe('a COMMIT whose answer is lost', () => {
  it('is found done, and told with the counts of the load', async () => {
    proxy.cutWhen(once_(/^COMMIT$/), 'after');

    await expect(load({ ...database.etl, port: proxy.port }, nuevo)).resolves.toMatchObject(CONTEOS);
    expect(await versions()).toEqual([1, 2]);
  });

  it('is found not done, and done again, when it never arrived', async () => {
    proxy.cutWhen(once_(/^COMMIT$/), 'before');

    await expect(load({ ...database.etl, port: proxy.port }, nuevo)).resolves.toMatchObject(CONTEOS);
    expect(await versions()).toEqual([1, 2]);
  });

  it('is waited for while it is still under way', async () => {
    await database.query(
      `CREATE FUNCTION demorar() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER demorar AFTER INSERT ON almacen_snapshots DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION demorar()`,
    );
    const relay = await startRelay(database.etl);
    const loading = load({ ...database.etl, port: relay.port }, nuevo);
    while (!(await database.sessions()).some(({ query, state }) => query === 'COMMIT' && state === 'active'))
      await sleep(5);
    relay.cut();

    await expect(loading).resolves.toMatchObject(CONTEOS);
    relay.close();
    await database.query('DROP FUNCTION demorar() CASCADE');
    expect(await versions()).toEqual([1, 2]);
  });

  it('is found done even if another run has replaced the snapshot since', async () => {
    let otherLoad: Promise<unknown> | undefined;
    const relay = await startRelay(database.etl, (connection) =>
      connection === 1
        ? undefined
        : (otherLoad ??= load(
            database.etl,
            snapshot({ '000001': '2' }, { extraccion: at('11:00'), ejecucionId: ejecucion(3) }),
          )),
    );
    const cutting = await startPgProxy({ host: '127.0.0.1', port: relay.port });
    cutting.cutWhen(once_(/^COMMIT$/), 'after');

    const loading = load({ ...database.etl, port: cutting.port }, nuevo).finally(async () => {
      await cutting.close();
      relay.close();
    });
    await expect(loading).resolves.toMatchObject(CONTEOS);
    expect(await readInventario(database)).toMatchObject([{ codigo: '000001', cantidad: '2' }]);
    expect(await readHistorico(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', hasta: '10:30' },
      { codigo: '000001', cantidad: '4', desde: '10:30', hasta: '11:00' },
      { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
    ]);
  });

  it('is uncertain when the database cannot be asked again, and the next run sets it right', async () => {
    const cortar = once_(/^COMMIT$/);
    let cortada = false;
    proxy.cutWhen((sql) => (cortada ||= cortar(sql)), 'after');

    await expect(load({ ...database.etl, port: proxy.port }, nuevo)).rejects.toMatchObject({
      codigo: 'COMMIT_INCIERTO',
    });
    await load(database.etl, snapshot({ '000001': '2' }, { extraccion: at('11:00') }));
    expect(await readHistorico(database)).toEqual([
      { codigo: '000001', cantidad: '5', desde: '10:00', hasta: '10:30' },
      { codigo: '000001', cantidad: '4', desde: '10:30', hasta: '11:00' },
      { codigo: '000002', cantidad: '3', desde: '10:00', hasta: '10:30' },
    ]);
  });
});

/** Matches the first time only. */
function once_(pattern: RegExp): (sql: string) => boolean {
  let matched = false;
  return (sql) => {
    if (matched || !pattern.test(sql)) return false;
    matched = true;
    return true;
  };
}

interface Relay {
  readonly port: number;
  /** Resets the connections at this moment, whatever they carry. */
  cut(): void;
  close(): void;
}

/** Relays connections, each once it is admitted; they are counted from 1. */
async function startRelay(
  target: { host: string; port: number },
  admit: (connection: number) => Promise<unknown> | undefined = () => undefined,
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    sockets.add(client.on('error', () => undefined));
    connections += 1;
    void Promise.resolve(admit(connections)).then(() => {
      const upstream = connect(target);
      sockets.add(upstream.on('error', () => undefined));
      client.pipe(upstream).pipe(client);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  };
  return {
    port: address.port,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
