import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { startPostgres } from '../../local/postgres/server.ts';
import type { LocalPostgres, StartOptions } from '../../local/postgres/server.ts';

const SERVER_MODULE = new URL('../../local/postgres/server.ts', import.meta.url).href;

let folder: string;
let dataDir: string;
let running: LocalPostgres[] = [];
let owners: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inventario-klk-unit-'));
  // PostgreSQL may run as another account.
  await chmod(folder, 0o711);
  dataDir = join(folder, 'datos');
});

afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL');
  owners = [];
  await Promise.all(running.map((postgres) => postgres.stop()));
  running = [];
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function start(options: Partial<StartOptions> = {}): Promise<LocalPostgres> {
  const postgres = await startPostgres({ dataDir, onWarning: () => undefined, ...options });
  running.push(postgres);
  return postgres;
}

interface Elsewhere {
  readonly owner: ChildProcess;
  readonly exited: Promise<unknown>;
  readonly port: number;
}

/** Another process that starts the same server, does `then` once it runs, and tells its port. */
async function startElsewhere(then: string): Promise<Elsewhere> {
  const script = `
    import { startPostgres } from ${JSON.stringify(SERVER_MODULE)};
    const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, onWarning: () => undefined });
    process.stdout.write(postgres.port + '\\n', () => { ${then} });`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(owner);
  const exited = once(owner, 'exit');
  for await (const line of createInterface(owner.stdout)) return { owner, exited, port: Number(line) };
  throw new Error('The other process did not start PostgreSQL');
}

async function query(postgres: LocalPostgres, sql: string, config: ClientConfig = {}): Promise<unknown[]> {
  const { host, port, user, password, database } = postgres;
  const client = new Client({ host, port, user, password, database, ...config });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => {
      resolve(false);
    });
  });

const USES_TLS = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

describe('a local PostgreSQL', () => {
  it.each(['localhost', '127.0.0.1'])('has a certificate of its own authority for %s', async (host) => {
    const postgres = await start();
    expect(await query(postgres, USES_TLS, { host, ssl: { ca: postgres.ca } })).toEqual([{ ssl: true }]);
  });

  it('is refused by a client that trusts another authority', async () => {
    const postgres = await start();
    await expect(query(postgres, USES_TLS, { ssl: {} })).rejects.toThrow(/certificate/);
  });

  it('also accepts plain text, and uses UTF8 and UTC', async () => {
    const postgres = await start();
    expect(await query(postgres, USES_TLS)).toEqual([{ ssl: false }]);
    expect(
      await query(
        postgres,
        `SELECT current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone`,
      ),
    ).toEqual([{ encoding: 'UTF8', zone: 'UTC' }]);
  });

  it('asks for its password', async () => {
    const postgres = await start();
    await expect(query(postgres, 'SELECT 1', { password: 'otra' })).rejects.toThrow(
      'password authentication',
    );
  });

  it('uses the settings and the port that it is given', async () => {
    const earlier = await start();
    await earlier.stop();
    const postgres = await start({ port: earlier.port, settings: { max_connections: '17' } });
    expect(postgres.port).toBe(earlier.port);
    expect(await query(postgres, 'SHOW max_connections')).toEqual([{ max_connections: '17' }]);
  });

  it('keeps data and password between runs', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE guardado AS SELECT 1 AS valor');
    await first.stop();
    const second = await start();
    expect(await query(second, 'SELECT valor FROM guardado')).toEqual([{ valor: 1 }]);
    expect(second.password).toBe(first.password);
  });

  it('is gone after stop, which may be called again', async () => {
    const postgres = await start();
    await postgres.stop();
    await postgres.stop();
    await expect(query(postgres, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('repeats an initialisation that was interrupted', async () => {
    const cutShort = join(folder, 'a-medias');
    await mkdir(join(cutShort, 'instancia.incompleta', 'data'), { recursive: true });
    await writeFile(join(cutShort, 'instancia.incompleta', 'data', 'PG_VERSION'), '16');
    const postgres = await start({ dataDir: cutShort });
    expect(await query(postgres, 'SELECT 1 AS uno')).toEqual([{ uno: 1 }]);
  });

  it('fails with the end of the server log when it does not start', async () => {
    const { port } = await start();
    const other = start({ dataDir: join(folder, 'otra'), port });
    await expect(other).rejects.toMatchObject({
      codigo: 'POSTGRES_NO_ARRANCA',
      message: expect.stringContaining('Address already in use'),
    });
  });
});

describe('a folder that another process uses', () => {
  it('is refused while that process lives, and taken over together with its server after it was killed', async () => {
    const { owner, exited, port } = await startElsewhere('');
    await expect(start()).rejects.toMatchObject({
      codigo: 'POSTGRES_EN_MARCHA',
      message: expect.stringContaining(`ya hay un PostgreSQL local en marcha (proceso ${owner.pid})`),
    });
    owner.kill('SIGKILL');
    await exited;
    expect(await accepts(port)).toBe(true);
    expect(await query(await start(), 'SELECT 1 AS uno')).toEqual([{ uno: 1 }]);
    expect(await accepts(port)).toBe(false);
  });

  it('is taken over when its process id belongs to another process', async () => {
    await start().then((postgres) => postgres.stop());
    const ownerFile = join(dataDir, 'owner.pid');
    await writeFile(ownerFile, String(process.ppid));
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(ownerFile, anHourAgo, anHourAgo);
    expect(await query(await start(), 'SELECT 1 AS uno')).toEqual([{ uno: 1 }]);
  });

  it('has no server left after that process exits without stopping it', async () => {
    const { exited, port } = await startElsewhere('process.exit(0)');
    await exited;
    while (await accepts(port)) await sleep(20);
  });
});
