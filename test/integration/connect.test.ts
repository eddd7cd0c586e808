import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { readCredentials } from '../../lambdas/core/postgres/credentials.ts';
import { createConnection, openConnection } from '../../lambdas/core/postgres/connection.ts';
import type { Connection } from '../../lambdas/core/postgres/connection.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { withTransaction } from '../../lambdas/core/postgres/transaction.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { runOn, useDatabase } from '../support/database.ts';
import { closedPort, startAnswering } from '../support/network.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import { message } from '../support/poolers.ts';
import { testServer } from '../support/test-server.ts';

const proxy = await startPgProxy(testServer());
afterEach(() => {
  proxy.reset();
});
afterAll(() => proxy.close());
const database = await useDatabase();

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

describe('The password of the database', () => {
  const wrong = (): DatabaseSettings => ({ ...database.etl, password: 'contraseña-vieja' });

  it('The right password opens a session as the least-privileged user', async () => {
    expect(await connect(database.etl)).toEqual({ usuario: 'etl', tls: false, lecturas: 1 });
  });

  it('A refused password is read again once, because it may have been rotated', async () => {
    expect(await connect(wrong(), database.etl)).toMatchObject({ usuario: 'etl', lecturas: 2 });
  });

  it('A password that is refused twice is not read again, and not printed', async () => {
    const refused = connect(wrong());
    await expect(refused).rejects.toMatchObject({ codigo: 'BD_CREDENCIALES', lecturas: 2 });
    await expect(refused).rejects.not.toThrow('contraseña-vieja');
  });

  it('Two connections that are refused at the same time read the password again once', async () => {
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

  it('A run that ended while the password was being read again runs nothing', async () => {
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

  it('The password is not read again when something else failed', async () => {
    await expect(connect({ ...database.etl, database: 'ninguna' })).rejects.toMatchObject({
      codigo: 'BD_INEXISTENTE',
      lecturas: 1,
    });
  });
});

describe('A session that the server ends as soon as it has accepted it', () => {
  /** AuthenticationOk, ReadyForQuery and an error that ends the session, in one packet. */
  const DISMISSAL = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('Z', 'I'),
    message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
  ]);

  it('The session counts as a lost connection, and the process goes on', async () => {
    const server = await startAnswering(DISMISSAL);
    const settings = { ...database.etl, host: '127.0.0.1', port: server.port };
    const opened = createConnection(await readCredentials(() => Promise.resolve(settings)), SESSION);
    const asked = opened.use((client) => client.query('SELECT 1'));
    await expect(asked).rejects.toMatchObject({ codigo: 'BD_CONEXION_PERDIDA' });
    await opened.close();
    await server.close();
  });
});

describe('A connection on which a statement failed', () => {
  it('The connection is ended at once, with what was sent together with the statement', async () => {
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

describe('A server that cannot be reached', () => {
  it('The error names host, port and database, and not the password', async () => {
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

  it('It is tried no longer than the deadline allows', async () => {
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

  it('It is tried again, and reached when it comes back in time', async () => {
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
  const isRefused = (): Promise<boolean> =>
    runOn(database.etl, 'SELECT 1').then(
      () => false,
      () => true,
    );
  while (!(await isRefused()));
}

describe('A statement without an answer', () => {
  let opened: Connection;
  beforeEach(async () => {
    // The client waits two seconds longer than the server may take.
    const session = { ...SESSION, statementTimeoutMs: 100 };
    const settings = { ...database.etl, port: proxy.port };
    opened = await openConnection(() => Promise.resolve(settings), session, deadlineIn(30_000));
    proxy.hold(/pozo/);
  });
  afterEach(() => opened.close());

  it('The statement counts as a lost connection after its limit, and nothing more is asked of that connection', async () => {
    const start = performance.now();
    const asking = withTransaction(opened, (client) => client.query(`SELECT 'pozo'`));

    await expect(asking).rejects.toMatchObject({ codigo: 'BD_CONEXION_PERDIDA' });
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  it('The next statement gets a connection of its own', async () => {
    await expect(opened.use((client) => client.query(`SELECT 'pozo'`))).rejects.toMatchObject({
      codigo: 'BD_CONEXION_PERDIDA',
    });

    await expect(opened.use((client) => client.query('SELECT 1 AS uno'))).resolves.toMatchObject({
      rows: [{ uno: 1 }],
    });
  });
});

describe('TLS', () => {
  it('A server with the right certificate and name is connected to over TLS', async () => {
    expect(await connect({ ...database.etl, tls: { ca: database.ca } })).toMatchObject({ tls: true });
  });

  it('A certificate that another authority signed is refused', async () => {
    const { ca } = await issueCertificates();
    await expect(connect({ ...database.etl, tls: { ca } })).rejects.toMatchObject({ codigo: 'BD_TLS' });
  });

  it('A certificate for another name is refused', async () => {
    // Another way to write 127.0.0.1, which the certificate names.
    await expect(connect({ ...database.etl, host: '127.1', tls: { ca: database.ca } })).rejects.toMatchObject(
      { codigo: 'BD_TLS' },
    );
  });
});
