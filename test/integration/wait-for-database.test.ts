import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitForDatabase } from '../../lambdas/migraciones/migration-session.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.expectNoTrace();
  await database.drop();
});

/** A port of the loopback interface on which nobody listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** The database under another port, from now on. */
async function startRelay(port: number): Promise<Server> {
  const relay = createServer((socket: Socket) => {
    socket.pipe(connect(database.admin.port, '127.0.0.1')).pipe(socket);
  });
  relay.listen(port, '127.0.0.1');
  await once(relay, 'listening');
  return relay;
}

describe('waiting for a database', () => {
  it('goes on as soon as one that is still starting takes connections', async () => {
    const port = await freePort();
    const waiting = waitForDatabase({ ...database.admin, host: '127.0.0.1', port }, 20_000);
    const early = await Promise.race([
      waiting.then(() => 'answered'),
      new Promise((resolve) => setTimeout(resolve, 300, 'waiting')),
    ]);
    const relay = await startRelay(port);
    await waiting;
    relay.close();
    expect(early).toBe('waiting');
  });

  it('does not wait for a database that nobody created', async () => {
    const waiting = waitForDatabase({ ...database.admin, database: 'nadie_la_creo' }, 20_000);
    await expect(waiting).rejects.toMatchObject({
      codigo: 'BD_INEXISTENTE',
      message: expect.stringContaining('nadie_la_creo'),
    });
  });

  it('gives up after its limit, saying which database it waited for', async () => {
    const port = await freePort();
    await expect(waitForDatabase({ ...database.admin, port }, 300)).rejects.toMatchObject({
      codigo: 'BD_INACCESIBLE',
      message: expect.stringContaining(`:${port}/`),
    });
  });

  it('does not wait for what waiting cannot cure', async () => {
    const start = performance.now();
    await expect(waitForDatabase({ ...database.admin, password: 'otra' }, 20_000)).rejects.toMatchObject({
      codigo: 'BD_CREDENCIALES',
    });
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
