import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { readCredentials } from '../../lambdas/core/postgres/credentials.ts';
import { createConnection, openConnection } from '../../lambdas/core/postgres/connection.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { closedPort } from '../support/closed-port.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { startDismissingServer } from '../support/dismissing-server.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

const SESSION = { applicationName: 'inventario-klk/prueba', statementTimeoutMs: 30_000 };

/** Opens with these settings, one after the other; the last ones again and again. Returns who the server says we are, and how often the settings were read. */
async function connect(
  ...settings: DatabaseSettings[]
): Promise<{ usuario: string; tls: boolean; lecturas: number }> {
  let lecturas = 0;
  const read = (): Promise<DatabaseSettings> => {
    const found = settings[Math.min(lecturas, settings.length - 1)] ?? database.etl;
    lecturas += 1;
    return Promise.resolve(found);
  };
  try {
    const opened = await openConnection(read, SESSION, deadlineIn(30_000));
    const { rows } = await opened.use((client) =>
      client.query<{ usuario: string; tls: boolean }>(
        'SELECT current_user AS usuario, ssl AS tls FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      ),
    );
    await opened.close();
    return { usuario: '', tls: false, ...rows[0], lecturas };
  } catch (error) {
    if (error instanceof PipelineError) Object.assign(error, { lecturas });
    throw error;
  }
}

describe('the password', () => {
  const wrong = (): DatabaseSettings => ({ ...database.etl, password: 'contraseña-vieja' });

  it('opens a session as the least-privileged user', async () => {
    expect(await connect(database.etl)).toEqual({ usuario: 'etl', tls: false, lecturas: 1 });
  });

  it('is read again once when it is refused, for it may have been rotated', async () => {
    expect(await connect(wrong(), database.etl)).toMatchObject({ usuario: 'etl', lecturas: 2 });
  });

  it('is read no more than that, and never told', async () => {
    const refused = connect(wrong());
    await expect(refused).rejects.toMatchObject({ codigo: 'BD_CREDENCIALES', lecturas: 2 });
    await expect(refused).rejects.not.toThrow('contraseña-vieja');
  });

  it('is read again once for two connections that are refused at the same time', async () => {
    let lecturas = 0;
    const credentials = await readCredentials(async () => {
      lecturas += 1;
      return Promise.resolve(lecturas === 1 ? wrong() : database.etl);
    });
    const databases = [createConnection(credentials, SESSION), createConnection(credentials, SESSION)];
    const asking = databases.map((opened) =>
      opened.use((client) => client.query<{ usuario: string }>('SELECT current_user AS usuario')),
    );
    expect((await Promise.all(asking)).map(({ rows }) => rows)).toEqual([
      [{ usuario: 'etl' }],
      [{ usuario: 'etl' }],
    ]);
    expect(lecturas).toBe(2);
    for (const opened of databases) await opened.close();
  });

  it('makes no connection of use to a run that ended while it was being read', async () => {
    const over = new AbortController();
    const settings = [wrong(), database.etl];
    const credentials = await readCredentials(() => {
      if (settings.length === 1) over.abort(new PipelineError('CANDADO_PERDIDO', 'terminó'));
      return Promise.resolve(settings.shift() ?? database.etl);
    });
    const opened = createConnection(credentials, SESSION);
    let used = false;
    const using = opened.use(() => {
      used = true;
      return Promise.resolve();
    }, over.signal);
    await expect(using).rejects.toMatchObject({ codigo: 'CANDADO_PERDIDO' });
    expect(used).toBe(false);
    await opened.close();
  });

  it('is not read again when it is not what failed', async () => {
    await expect(connect({ ...database.etl, database: 'ninguna' })).rejects.toMatchObject({
      codigo: 'BD_INEXISTENTE',
      lecturas: 1,
    });
  });
});

describe('a session that the server ends in the same breath in which it accepts it', () => {
  it('is a lost connection like any other, and ends no process', async () => {
    const server = await startDismissingServer();
    const settings = { ...database.etl, host: '127.0.0.1', port: server.port };
    const opened = createConnection(await readCredentials(() => Promise.resolve(settings)), SESSION);
    const asked = opened.use((client) => client.query('SELECT 1'));
    await expect(asked).rejects.toMatchObject({ codigo: 'BD_CONEXION_PERDIDA' });
    await opened.close();
    await server.close();
  });
});

describe('a connection on which a statement failed', () => {
  it('is ended at once, with what was sent together with it', async () => {
    const opened = await openConnection(() => Promise.resolve(database.etl), SESSION, deadlineIn(30_000));
    const together = opened.use((client) =>
      Promise.all([client.query('SELECT 1 / 0'), client.query(`SELECT 'larga', pg_sleep(20)`)]),
    );
    await expect(together).rejects.toMatchObject({ codigo: 'BD_ERROR' });
    const start = performance.now();
    await opened.close();
    expect(performance.now() - start).toBeLessThan(10_000);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT ''larga''%' AND pid <> pg_backend_pid()`,
    );
  });
});

describe('a server that cannot be reached', () => {
  it('is named by host, port and database, not by password', async () => {
    const port = await closedPort();
    const refused = connect({ ...database.etl, port, password: 'secreta-y-larga' });
    await expect(refused).rejects.toMatchObject({
      codigo: 'BD_INACCESIBLE',
      message: expect.stringContaining(
        `No se pudo conectar a PostgreSQL (localhost:${port}/${database.etl.database})`,
      ),
    });
    await expect(refused).rejects.not.toThrow('secreta-y-larga');
  });

  it('is tried no longer than the deadline allows', async () => {
    const port = await closedPort();
    const start = performance.now();
    const opening = openConnection(
      () => Promise.resolve({ ...database.etl, port }),
      SESSION,
      deadlineIn(200),
    );
    await expect(opening).rejects.toThrow();
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('is tried again: one that comes back in time is reached', async () => {
    const name = database.etl.database;
    await database.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    const opening = connect(database.etl);
    await untilRefused();
    await database.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
    expect(await opening).toMatchObject({ usuario: 'etl', lecturas: 1 });
  });
});

/** Until the limit of connections shows: superusers pass it, so it is asked with a login of the pipeline's. */
async function untilRefused(): Promise<void> {
  for (;;) {
    const client = new Client(toClientConfig(database.etl));
    const refused = await client.connect().then(
      () => client.end().then(() => false),
      () => true,
    );
    if (refused) return;
  }
}

describe('TLS', () => {
  it('is spoken with a server whose certificate and name are right', async () => {
    expect(await connect({ ...database.etl, tls: { ca: database.ca } })).toMatchObject({ tls: true });
  });

  it('is refused when another authority signed the certificate', async () => {
    const { ca } = await issueCertificates();
    await expect(connect({ ...database.etl, tls: { ca } })).rejects.toMatchObject({ codigo: 'BD_TLS' });
  });

  it('is refused when the certificate is for another name', async () => {
    // Another way to write 127.0.0.1, which the certificate names.
    await expect(connect({ ...database.etl, host: '127.1', tls: { ca: database.ca } })).rejects.toMatchObject(
      { codigo: 'BD_TLS' },
    );
  });
});
