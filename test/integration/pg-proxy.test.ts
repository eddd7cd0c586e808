import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Query } from 'pg';
import type { ClientConfig } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { useDatabase } from '../support/database.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { testServer } from '../support/test-server.ts';

const clients: Client[] = [];
const proxy = await startPgProxy(testServer());
afterEach(async () => {
  proxy.reset();
  await Promise.all(clients.splice(0).map((client) => client.end()));
});
afterAll(() => proxy.close());
const database = await useDatabase();
beforeEach(() => database.query('DROP TABLE IF EXISTS anotado; CREATE TABLE anotado (valor int)'));

/** A client through the proxy. */
async function connect(config: ClientConfig = {}): Promise<Client> {
  const client = new Client({ ...toClientConfig(database.admin), port: proxy.port, ...config });
  // The statement under way reports the loss of the connection.
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

const anotados = async (): Promise<unknown[]> =>
  (await database.query('SELECT valor FROM anotado ORDER BY valor')).map(({ valor }) => valor);

/** Four statements: a transaction that writes two rows. */
async function writeTwoRows(client: Client): Promise<void> {
  await client.query('BEGIN');
  await client.query('INSERT INTO anotado VALUES ($1)', [1]);
  await client.query('INSERT INTO anotado VALUES (2)');
  await client.query('COMMIT');
}

describe('The statements that the proxy counts', () => {
  it('Simple and parameterised statements are listed once each, in order', async () => {
    const client = await connect();
    await client.query('SELECT 1');
    await client.query('SELECT $1::int', [2]);
    expect(proxy.statements()).toEqual(['SELECT 1', 'SELECT $1::int']);
  });

  it('They are counted over all connections since the last reset', async () => {
    const first = await connect();
    await first.query('SELECT 0');
    proxy.reset();
    proxy.cut(3, 'before');
    const second = await connect();
    await first.query('SELECT 1');
    await second.query('SELECT 2');
    await expect(first.query('SELECT 3')).rejects.toThrow();
    await expect(second.query('SELECT 4')).resolves.toBeDefined();
    expect(proxy.statements()).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3', 'SELECT 4']);
  });

  it('A statement that the server refuses is counted', async () => {
    const client = await connect();
    await expect(client.query('SELECT 1 / $1::int', [0])).rejects.toThrow('division by zero');
    await expect(client.query('SELEC')).rejects.toThrow('syntax error');
    await client.query('SELECT 1');
    expect(proxy.statements()).toEqual(['SELECT 1 / $1::int', 'SELEC', 'SELECT 1']);
  });
});

describe('What the proxy carries', () => {
  it('A client that asks for TLS is told that there is none', async () => {
    await expect(connect({ ssl: { ca: database.ca } })).rejects.toThrow('does not support SSL');
  });

  it('Megabytes pass unchanged', async () => {
    const client = await connect();
    const text = 'ñandú'.repeat(500_000);
    const { rows } = await client.query('SELECT $1::text AS text', [text]);
    expect(rows).toEqual([{ text }]);
  });

  it('Messages that arrive byte by byte are understood', async () => {
    const client = await connect({ stream: () => new BytewiseSocket() });
    await writeTwoRows(client);
    expect(proxy.statements()).toHaveLength(4);
    expect(await anotados()).toEqual([1, 2]);
  });

  it('The delay is added once to each round trip', async () => {
    const client = await connect();
    proxy.delayMs = 1_500;
    const start = performance.now();
    await client.query('SELECT $1::int', [2]);
    const elapsedMs = performance.now() - start;
    expect(elapsedMs).toBeGreaterThanOrEqual(1_499);
    expect(elapsedMs).toBeLessThan(2_999);
  });

  it('The order is kept when the delay shrinks meanwhile', async () => {
    const client = await connect({ pipeline: true });
    proxy.delayMs = 300;
    const first = client.query<{ which: string }>(`SELECT 'first' AS which`);
    await sleep(50);
    proxy.delayMs = 0;
    const second = client.query<{ which: string }>(`SELECT 'second' AS which`);
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ rows: [row] }) => row?.which)).toEqual(['first', 'second']);
  });
});

/** Sends each byte on its own. */
class BytewiseSocket extends Socket {
  override write(data: Uint8Array): boolean {
    for (const byte of data) super.write(Uint8Array.of(byte));
    return true;
  }
}

describe('A cut of the proxy', () => {
  it.each([
    ...[1, 2, 3, 4].map((n) => ['before', n] as const),
    ...[1, 2, 3].map((n) => ['after', n] as const),
  ])('A cut %s statement %i of a transaction leaves nothing written', async (side, n) => {
    proxy.cut(n, side);
    await expect(writeTwoRows(await connect())).rejects.toThrow(/ECONNRESET/);
    expect(proxy.statements()).toHaveLength(n);
    expect(await anotados()).toEqual([]);
  });

  it('A cut after the COMMIT leaves all written, and the client without an answer', async () => {
    proxy.cut(4, 'after');
    await expect(writeTwoRows(await connect())).rejects.toThrow(/ECONNRESET/);
    expect(await anotados()).toEqual([1, 2]);
  });

  it.each([
    ['before', 2, 1],
    ['before', 3, 2],
    ['after', 1, 1],
    ['after', 2, 2],
  ] as const)(
    'A cut %s statement %i of three sent together lets the server see %i',
    async (side, n, seen) => {
      await database.query('DROP SEQUENCE IF EXISTS vistas');
      await database.query('CREATE SEQUENCE vistas; GRANT USAGE ON SEQUENCE vistas TO etl');
      proxy.cut(n, side);
      const client = await connect({ pipeline: true });
      const answers = [1, 2, 3].map(() => client.query(`SELECT nextval('vistas')`));
      await Promise.allSettled(answers);
      await expect(answers[2]).rejects.toThrow(/ECONNRESET/);
      expect(await database.query('SELECT last_value FROM vistas')).toEqual([{ last_value: String(seen) }]);
    },
  );

  it('A cut at a number happens once', async () => {
    proxy.cut(4, 'before');
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    await writeTwoRows(await connect());
    expect(await anotados()).toEqual([1, 2]);
  });

  it('A cut after a statement withholds even the first part of a long answer', async () => {
    proxy.cut(1, 'after');
    const client = await connect();
    let received = 0;
    const insert = new Query('INSERT INTO anotado SELECT generate_series(1, 50000) RETURNING valor');
    insert.on('row', () => {
      received += 1;
    });
    client.query(insert);
    await expect(once(insert, 'end')).rejects.toThrow(/ECONNRESET/);
    expect(received).toBe(0);
    expect(await anotados()).toHaveLength(50_000);
  });

  it('A cut at a pattern happens at every match', async () => {
    proxy.cut(/^commit$/i, 'before');
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    expect(await anotados()).toEqual([]);
  });

  it('A cut by a function can happen at the second match', async () => {
    let inserts = 0;
    proxy.cut((sql) => sql.startsWith('INSERT') && ++inserts === 2, 'after');
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    expect(proxy.statements()).toEqual([
      'BEGIN',
      'INSERT INTO anotado VALUES ($1)',
      'INSERT INTO anotado VALUES (2)',
    ]);
  });
});

describe('A statement that the proxy holds', () => {
  const settled = (work: Promise<unknown>): Promise<boolean> =>
    Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      sleep(200, false),
    ]);

  it('The server does not see it, its client waits, and other connections work', async () => {
    proxy.hold(/INSERT/);
    const client = await connect();
    const other = await connect();
    await client.query('BEGIN');
    const insert = client.query('INSERT INTO anotado VALUES (1)');
    expect(await settled(insert)).toBe(false);
    await other.query('SELECT 1');
    expect((await database.sessions()).map(({ query }) => query)).toEqual(
      expect.arrayContaining(['BEGIN', 'SELECT 1']),
    );
    proxy.reset();
    await expect(insert).rejects.toThrow(/ECONNRESET/);
  });

  it('The server does not see the end of its client', async () => {
    proxy.hold(/SELECT/);
    const socket = new Socket();
    const client = await connect({ stream: () => socket });
    const select = client.query('SELECT 1');
    socket.destroy();
    await expect(select).rejects.toThrow();
    await sleep(100);
    expect(await database.sessions()).toHaveLength(1);
  });

  it('The client does not see the end of its session', async () => {
    proxy.hold(/SELECT/);
    const client = await connect();
    const select = client.query('SELECT 1');
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
      [''],
    );
    expect(await settled(select)).toBe(false);
    proxy.reset();
    await expect(select).rejects.toThrow(/ECONNRESET/);
  });
});
