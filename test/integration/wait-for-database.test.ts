import { describe, expect, it } from '@jest/globals';
import { waitForDatabase } from '../../lambdas/migraciones/migration-session.ts';
import { useDatabase } from '../support/database.ts';
import { closedPort, startTcpHop } from '../support/network.ts';

const database = await useDatabase();

describe('Waiting for a database', () => {
  it('It ends as soon as a starting database takes connections', async () => {
    const port = await closedPort();
    const waiting = waitForDatabase({ ...database.admin, host: '127.0.0.1', port }, 20_000);
    const early = await Promise.race([
      waiting.then(() => 'answered'),
      new Promise((resolve) => setTimeout(resolve, 300, 'waiting')),
    ]);
    const hop = await startTcpHop(database.admin, { port });
    await waiting;
    await hop.close();
    expect(early).toBe('waiting');
  });

  it('It ends at once for a database that does not exist', async () => {
    const waiting = waitForDatabase({ ...database.admin, database: 'nadie_la_creo' }, 20_000);
    await expect(waiting).rejects.toMatchObject({
      codigo: 'BD_INEXISTENTE',
      message: expect.stringContaining('nadie_la_creo'),
    });
  });

  it('It gives up after its limit, and names the database', async () => {
    const port = await closedPort();
    await expect(waitForDatabase({ ...database.admin, port }, 300)).rejects.toMatchObject({
      codigo: 'BD_INACCESIBLE',
      message: expect.stringContaining(`:${port}/`),
    });
  });

  it('It ends at once for a wrong password', async () => {
    const start = performance.now();
    await expect(waitForDatabase({ ...database.admin, password: 'otra' }, 20_000)).rejects.toMatchObject({
      codigo: 'BD_CREDENCIALES',
    });
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
