import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/config/contract.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { readEverything } from '../support/database-state.ts';
import { startPgPooler } from '../support/pg-pooler.ts';
import type { PoolerHabits } from '../support/pg-pooler.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { startTcpHop } from '../support/tcp-hop.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
  scene.klk.requests = [];
});
afterAll(() => scene.close());

/** A run over another way into the database; fails before any store, without a word to KLK. Returns code and message. */
async function refusedBy(changes: Partial<DatabaseSettings>): Promise<{ codigo: string; mensaje: string }> {
  const { estado, error } = await scene.run({
    readDatabaseSettings: () => Promise.resolve({ ...scene.settings, ...changes }),
  });
  expect(estado).toBe('fallida');
  expect(scene.klk.requests).toEqual([]);
  return { codigo: error?.codigo ?? '', mensaje: error?.mensaje ?? '' };
}

describe('down, refused, too many clients', () => {
  const limitConnections = (limit: number): Promise<unknown> =>
    scene.database.query(`ALTER DATABASE ${scene.settings.database} CONNECTION LIMIT ${limit}`);

  it('names host, port and database of a server that refuses, and does not ask KLK', async () => {
    const { codigo, mensaje } = await refusedBy({ port: 1 });
    expect(codigo).toBe('BD_INACCESIBLE');
    expect(mensaje).toContain(`No se pudo conectar a PostgreSQL (127.0.0.1:1/${scene.settings.database})`);
  });

  it('is retried: a server that takes clients again in time is loaded', async () => {
    await limitConnections(0);
    const running = scene.run();
    setTimeout(() => void limitConnections(-1), 150);
    expect((await running).estado).toBe('exitosa');
  });

  it('does not ask KLK while there are too many clients', async () => {
    await limitConnections(0);
    expect((await refusedBy({})).codigo).toBe('BD_INACCESIBLE');
    await limitConnections(-1);
  });

  it('does not ask KLK when there is room for some of its connections and not for all', async () => {
    const [others] = await scene.database.query(
      'SELECT count(*)::integer AS sessions FROM pg_stat_activity WHERE datname = current_database()',
    );
    await limitConnections(Number(others?.['sessions']) + 3);
    expect((await refusedBy({})).codigo).toBe('BD_INACCESIBLE');
    await limitConnections(-1);
  });

  it('ends with the deadline when the server accepts connections and never says a word', async () => {
    const silent = await startTcpHop(
      { host: '127.0.0.1', port: scene.proxy.port },
      { rewriteFirst: () => Buffer.alloc(0) },
    );
    const { error, duracionMs } = await scene.run({
      limitMs: 1_500,
      readDatabaseSettings: () => Promise.resolve({ ...scene.settings, port: silent.port }),
    });
    await silent.close();
    expect(error?.codigo).toBe('SIN_TIEMPO');
    expect(duracionMs).toBeLessThan(10_000);
  });
});

describe('a pooler between the pipeline and the server', () => {
  it.each<[string, PoolerHabits]>([
    [
      'PgBouncer, which refuses our limits',
      { refusal: { code: '08P01', message: 'unsupported startup parameter: statement_timeout' } },
    ],
    [
      'RDS Proxy, which does the same',
      {
        refusal: {
          code: '0A000',
          message: 'Feature not supported: RDS Proxy currently doesn’t support command-line options.',
        },
      },
    ],
    ['one that drops our limits silently', { dropsLimits: true }],
    ['one that lends sessions of its own', { ownGreeting: true }],
  ])('is refused in one sentence, before anything is touched: %s', async (_what, habits) => {
    const pooler = await startPgPooler(scene.database.etl, habits);
    const before = await readEverything(scene.database);
    const { codigo, mensaje } = await refusedBy({ host: '127.0.0.1', port: pooler.port });
    expect(await readEverything(scene.database)).toBe(before);
    await pooler.close();
    expect(codigo).toBe('BD_INTERMEDIARIO');
    expect(mensaje).toContain('hay un intermediario que reparte las sesiones (PgBouncer, RDS Proxy)');
  });
});

describe('wrong password (28P01)', () => {
  const passwords = (
    ...values: readonly string[]
  ): { calls: number; read: () => Promise<DatabaseSettings> } => {
    const secret = {
      calls: 0,
      read: () => {
        const password = values[secret.calls] ?? values.at(-1) ?? '';
        secret.calls += 1;
        return Promise.resolve({ ...scene.settings, password });
      },
    };
    return secret;
  };

  it('fetches the secret once more, then fails', async () => {
    const secret = passwords('contraseña-equivocada');
    const { error } = await scene.run({ readDatabaseSettings: secret.read });
    expect(error?.codigo).toBe('BD_CREDENCIALES');
    expect(secret.calls).toBe(2);
    expect(scene.klk.requests).toEqual([]);
  });

  it('loads when the secret had just been rotated', async () => {
    const secret = passwords('la-de-antes', scene.settings.password);
    expect((await scene.run({ readDatabaseSettings: secret.read })).estado).toBe('exitosa');
    expect(secret.calls).toBe(2);
  });
});

describe('TLS: unknown CA, wrong host name', () => {
  it('refuses a server that an unknown authority vouches for', async () => {
    const { ca } = await issueCertificates();
    expect((await refusedBy({ ...scene.database.etl, tls: { ca } })).codigo).toBe('BD_TLS');
  });

  it('refuses a server by another name', async () => {
    const elsewhere = await startTcpHop(scene.database.etl, { host: '127.0.0.2' });
    const refused = await refusedBy({
      host: '127.0.0.2',
      port: elsewhere.port,
      tls: { ca: scene.database.ca },
    });
    await elsewhere.close();
    expect(refused.codigo).toBe('BD_TLS');
  });

  it('does not fall back to plain text when the server speaks no TLS', async () => {
    scene.proxy.reset();
    expect((await refusedBy({ tls: { ca: scene.database.ca } })).codigo).toBe('BD_TLS');
    expect(scene.proxy.statements()).toEqual([]);
  });

  it('loads over TLS when both are right', async () => {
    const settings = { ...scene.database.etl, tls: { ca: scene.database.ca } };
    expect((await scene.run({ readDatabaseSettings: () => Promise.resolve(settings) })).estado).toBe(
      'exitosa',
    );
  });
});

describe('read-only server', () => {
  it('is noticed before KLK is called', async () => {
    const etl = `ALTER ROLE ${scene.settings.user} IN DATABASE ${scene.settings.database}`;
    await scene.database.query(`${etl} SET default_transaction_read_only = on`);
    const refused = await refusedBy({});
    await scene.database.query(`${etl} RESET default_transaction_read_only`);
    expect(refused.codigo).toBe('BD_SOLO_LECTURA');
  });
});

describe('migrations missing or older than the code expects', () => {
  it.each([
    [
      'the last one is missing',
      `UPDATE migraciones SET name = 'otra' WHERE name = '${MIGRACION_REQUERIDA}'`,
      `UPDATE migraciones SET name = '${MIGRACION_REQUERIDA}' WHERE name = 'otra'`,
    ],
    [
      'there were never any',
      'ALTER TABLE migraciones RENAME TO otras',
      'ALTER TABLE otras RENAME TO migraciones',
    ],
  ])(
    'are refused before KLK is called, and the error says which command to run: %s',
    async (_what, undo, redo) => {
      await scene.database.query(undo);
      const { runs } = await scene.watch(async () => [await scene.start()]);
      await scene.database.query(redo);
      expect(String(runs[0]?.thrown)).toMatch(/^EjecucionFallida: BD_SIN_MIGRAR: .*npm run migrate/);
      expect(scene.klk.requests).toEqual([]);
    },
  );
});
