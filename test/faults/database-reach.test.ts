import { beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/postgres/preflight.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { readAllVersions } from '../support/inventory.ts';
import { startTcpHop } from '../support/network.ts';
import { POOLERS } from '../support/poolers.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
const { database, settings } = world;
beforeEach(async () => {
  await world.reset();
  await world.run();
  world.klk.requests.splice(0);
});

/** A run over another way into the database; it fails before any store, without asking KLK. Returns code and message. */
async function refusedBy(changes: Partial<DatabaseSettings>): Promise<{ codigo: string; mensaje: string }> {
  const { estado, error } = await world.run({ database: changes });
  expect(estado).toBe('fallida');
  expect(world.klk.requests).toEqual([]);
  return { codigo: error?.codigo ?? '', mensaje: error?.mensaje ?? '' };
}

describe('A server that takes no connection', () => {
  const limitConnections = (limit: number): Promise<unknown> =>
    database.query(`ALTER DATABASE ${settings.database} CONNECTION LIMIT ${limit}`);

  it('The error names host, port and database', async () => {
    const { codigo, mensaje } = await refusedBy({ port: 1 });
    expect(codigo).toBe('BD_INACCESIBLE');
    expect(mensaje).toContain(`No se pudo conectar a PostgreSQL (127.0.0.1:1/${settings.database})`);
  });

  it('A run retries, and loads when the server takes connections again in time', async () => {
    await limitConnections(0);
    const running = world.run();
    setTimeout(() => void limitConnections(-1), 150);
    expect((await running).estado).toBe('exitosa');
  });

  it.each([
    ['has too many clients', 0],
    ['has room for some of the connections of a run and not for all', 3],
  ])('A run fails without asking KLK when the server %s', async (_what, room) => {
    const [others] = await database.query(
      'SELECT count(*)::integer AS sessions FROM pg_stat_activity WHERE datname = current_database()',
    );
    await limitConnections(room === 0 ? 0 : Number(others?.['sessions']) + room);
    expect((await refusedBy({})).codigo).toBe('BD_INACCESIBLE');
    await limitConnections(-1);
  });

  it('A run ends at its deadline when the server accepts connections and never answers', async () => {
    const silent = await startTcpHop(settings, { rewriteFirst: () => Buffer.alloc(0) });
    const { error, duracionMs } = await world.run({ limitMs: 1_500, database: { port: silent.port } });
    await silent.close();
    expect(error?.codigo).toBe('SIN_TIEMPO');
    expect(duracionMs).toBeLessThan(10_000);
  });
});

describe('A pooler in front of the server', () => {
  it.each(Object.entries(POOLERS))('It is refused before anything is touched: %s', async (_what, start) => {
    const pooler = await start(database.etl);
    const before = await readAllVersions(database);
    const { codigo, mensaje } = await refusedBy({ host: '127.0.0.1', port: pooler.port });
    expect(await readAllVersions(database)).toEqual(before);
    await pooler.close();
    expect(codigo).toBe('BD_INTERMEDIARIO');
    expect(mensaje).toContain('hay un intermediario que reparte las sesiones (PgBouncer, RDS Proxy)');
  });
});

describe('A password that the server refuses', () => {
  it.each([
    ['fails the run when it is still wrong', 'fallida', 'BD_CREDENCIALES', 'la-de-antes'],
    ['loads when it had been rotated', 'exitosa', undefined, settings.password],
  ])('The secret is read once more, which %s', async (_what, expected, codigo, second) => {
    const passwords = ['la-de-antes', second];
    const { estado, error } = await world.run({
      readDatabaseSettings: () => Promise.resolve({ ...settings, password: passwords.shift() ?? '' }),
    });
    expect({ estado, codigo: error?.codigo }).toEqual({ estado: expected, codigo });
    expect(passwords).toEqual([]);
    expect(world.klk.requests.length > 0).toBe(expected === 'exitosa');
  });
});

describe('TLS', () => {
  const tls = { ca: database.ca };

  it('A server whose certificate an unknown authority signed is refused', async () => {
    const { ca } = await issueCertificates();
    expect((await refusedBy({ ...database.etl, tls: { ca } })).codigo).toBe('BD_TLS');
  });

  it('A server by a name that its certificate does not carry is refused', async () => {
    const elsewhere = await startTcpHop(database.etl, { host: '127.0.0.2' });
    const refused = await refusedBy({ host: '127.0.0.2', port: elsewhere.port, tls });
    await elsewhere.close();
    expect(refused.codigo).toBe('BD_TLS');
  });

  it('A server without TLS is refused, and nothing is sent to it in plain text', async () => {
    world.proxy.reset();
    expect((await refusedBy({ tls })).codigo).toBe('BD_TLS');
    expect(world.proxy.statements()).toEqual([]);
  });

  it('A server with the right certificate and name is loaded', async () => {
    expect((await world.run({ database: { ...database.etl, tls } })).estado).toBe('exitosa');
  });
});

describe('A database that cannot be loaded', () => {
  const role = `ALTER ROLE ${settings.user} IN DATABASE ${settings.database}`;

  it.each([
    [
      'is read-only',
      'BD_SOLO_LECTURA',
      `${role} SET default_transaction_read_only = on`,
      `${role} RESET default_transaction_read_only`,
    ],
    [
      'lacks the last migration',
      'BD_SIN_MIGRAR',
      `UPDATE migraciones SET name = 'otra' WHERE name = '${MIGRACION_REQUERIDA}'`,
      `UPDATE migraciones SET name = '${MIGRACION_REQUERIDA}' WHERE name = 'otra'`,
    ],
    [
      'was never migrated',
      'BD_SIN_MIGRAR',
      'ALTER TABLE migraciones RENAME TO otras',
      'ALTER TABLE otras RENAME TO migraciones',
    ],
  ])(
    'A database that %s is refused before KLK is asked, with what to do',
    async (_what, codigo, undo, redo) => {
      await database.query(undo);
      const [run] = await world.watch(async () => [await world.start()]);
      await database.query(redo);
      const remedy = codigo === 'BD_SIN_MIGRAR' ? '.*npm run migrate' : '';
      expect(String(run?.thrown)).toMatch(new RegExp(`^EjecucionFallida: ${codigo}: ${remedy}`));
      expect(world.klk.requests).toEqual([]);
    },
  );
});
