import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Query } from 'pg';
import type { ClientConfig } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';

let database: TestDatabase;
let proxy: PgProxy;
let clients: Client[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query('CREATE TABLE anotado (valor int)');
  proxy = await startPgProxy(database.admin);
});

beforeEach(async () => {
  await database.query('TRUNCATE anotado');
});

afterEach(async () => {
  proxy.reset();
  await Promise.all(clients.map((client) => client.end()));
  clients = [];
  await database.expectNoTrace();
});

afterAll(async () => {
  await proxy.close();
  await database.drop();
});

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

describe('counting', () => {
  it('lists simple, parameterised and prepared statements once each, in order', async () => {
    const client = await connect();
    await client.query('SELECT 1');
    await client.query('SELECT $1::int', [2]);
    await client.query({ name: 'tercera', text: 'SELECT $1::int + 3', values: [0] });
    await client.query({ name: 'tercera', text: 'SELECT $1::int + 3', values: [1] });
    expect(proxy.statements()).toEqual([
      'SELECT 1',
      'SELECT $1::int',
      'SELECT $1::int + 3',
      'SELECT $1::int + 3',
    ]);
  });

  it('counts over all connections since the last reset', async () => {
    const first = await connect();
    await first.query('SELECT 0');
    proxy.reset();
    proxy.cutBefore(3);
    const second = await connect();
    await first.query('SELECT 1');
    await second.query('SELECT 2');
    await expect(first.query('SELECT 3')).rejects.toThrow();
    await expect(second.query('SELECT 4')).resolves.toBeDefined();
    expect(proxy.statements()).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 3', 'SELECT 4']);
  });

  it('counts a statement that the server refuses, and goes on', async () => {
    const client = await connect();
    await expect(client.query('SELECT 1 / $1::int', [0])).rejects.toThrow('division by zero');
    await expect(client.query('SELEC')).rejects.toThrow('syntax error');
    await client.query('SELECT 1');
    expect(proxy.statements()).toEqual(['SELECT 1 / $1::int', 'SELEC', 'SELECT 1']);
  });
});

describe('carrying', () => {
  it('tells a client that asks for TLS that there is none', async () => {
    await expect(connect({ ssl: { ca: database.ca } })).rejects.toThrow('does not support SSL');
  });

  it('hands on megabytes unchanged', async () => {
    const client = await connect();
    const text = 'ñandú'.repeat(500_000);
    const { rows } = await client.query('SELECT $1::text AS text', [text]);
    expect(rows).toEqual([{ text }]);
  });

  it('understands messages that arrive byte by byte', async () => {
    const client = await connect({ stream: () => new BytewiseSocket() });
    await writeTwoRows(client);
    expect(proxy.statements()).toHaveLength(4);
    expect(await anotados()).toEqual([1, 2]);
  });

  it('adds its delay to a round trip once', async () => {
    const client = await connect();
    proxy.delayMs = 1_500;
    const start = performance.now();
    await client.query('SELECT $1::int', [2]);
    const elapsedMs = performance.now() - start;
    expect(elapsedMs).toBeGreaterThanOrEqual(1_499);
    expect(elapsedMs).toBeLessThan(2_999);
  });

  it('keeps the order when its delay shrinks under way', async () => {
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

describe('cutting', () => {
  it.each([1, 2, 3, 4])('before statement %i of a transaction leaves nothing written', async (n) => {
    proxy.cutBefore(n);
    await expect(writeTwoRows(await connect())).rejects.toThrow(/ECONNRESET/);
    expect(proxy.statements()).toHaveLength(n);
    expect(await anotados()).toEqual([]);
  });

  it.each([1, 2, 3])('after statement %i of a transaction leaves nothing written', async (n) => {
    proxy.cutAfter(n);
    await expect(writeTwoRows(await connect())).rejects.toThrow(/ECONNRESET/);
    expect(proxy.statements()).toHaveLength(n);
    expect(await anotados()).toEqual([]);
  });

  it('after the COMMIT leaves all written, and the client without an answer', async () => {
    proxy.cutAfter(4);
    await expect(writeTwoRows(await connect())).rejects.toThrow(/ECONNRESET/);
    expect(await anotados()).toEqual([1, 2]);
  });

  it.each([
    ['before', 2, 1],
    ['before', 3, 2],
    ['after', 1, 1],
    ['after', 2, 2],
  ] as const)('%s statement %i of three sent together lets the server see %i', async (side, n, seen) => {
    await database.query('DROP SEQUENCE IF EXISTS vistas');
    await database.query('CREATE SEQUENCE vistas; GRANT USAGE ON SEQUENCE vistas TO etl');
    if (side === 'before') proxy.cutBefore(n);
    else proxy.cutAfter(n);
    const client = await connect({ pipeline: true });
    const answers = [1, 2, 3].map(() => client.query(`SELECT nextval('vistas')`));
    await Promise.allSettled(answers);
    await expect(answers[2]).rejects.toThrow(/ECONNRESET/);
    expect(await database.query('SELECT last_value FROM vistas')).toEqual([{ last_value: String(seen) }]);
  });

  it('at a number happens once', async () => {
    proxy.cutBefore(4);
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    await writeTwoRows(await connect());
    expect(await anotados()).toEqual([1, 2]);
  });

  it('after a statement withholds even the first part of a long answer', async () => {
    proxy.cutAfter(1);
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

  it('at a pattern happens at every match', async () => {
    proxy.cutWhen(/^commit$/i, 'before');
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    expect(await anotados()).toEqual([]);
  });

  it('by a function can tell the second match from the first', async () => {
    let inserts = 0;
    proxy.cutWhen((sql) => sql.startsWith('INSERT') && ++inserts === 2, 'after');
    await expect(writeTwoRows(await connect())).rejects.toThrow();
    expect(proxy.statements()).toEqual([
      'BEGIN',
      'INSERT INTO anotado VALUES ($1)',
      'INSERT INTO anotado VALUES (2)',
    ]);
  });
});

describe('holding', () => {
  const settled = (work: Promise<unknown>): Promise<boolean> =>
    Promise.race([
      work.then(
        () => true,
        () => true,
      ),
      sleep(200, false),
    ]);

  it('keeps the statement from the server, its client waiting, and other connections working', async () => {
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

  it('hides the end of the client from the server', async () => {
    proxy.hold(/SELECT/);
    const socket = new Socket();
    const client = await connect({ stream: () => socket });
    const select = client.query('SELECT 1');
    socket.destroy();
    await expect(select).rejects.toThrow();
    await sleep(100);
    expect(await database.sessions()).toHaveLength(1);
  });

  it('hides the end of the server from the client', async () => {
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
