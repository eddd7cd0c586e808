import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { readCatalogo } from '../../lambdas/inventario-klk/catalogo.ts';
import { LOCK_KEY } from '../../lambdas/inventario-klk/runs/run-lock.ts';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';
import { issueCertificates } from '../../local/postgres/certificates.ts';
import { closedPort } from '../support/closed-port.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { readAllVersions } from '../support/inventory-state.ts';
import { runBin, runNpm } from '../support/run-bin.ts';
import type { Finished } from '../support/run-bin.ts';

const ARTICULOS = 120;
const HEADER_CANARY = 'canario-de-la-cabecera';

type Env = Readonly<Record<string, string>>;

let database: TestDatabase;
let klk: KlkSimulator;
let folder: string;
let klkEnv: Env;
let env: Env;

beforeAll(async () => {
  database = await createTestDatabase();
  klk = await startKlkSimulator({ tiendas: readCatalogo(), articulosPorAlmacen: ARTICULOS });
  folder = await mkdtemp(join(tmpdir(), 'inventario-klk-etl-'));
  const { host, port, database: dbname, user, password } = database.etl;
  klkEnv = {
    KLK_URL: klk.baseUrl,
    KLK_HEADERS: JSON.stringify({ 'x-api-key': HEADER_CANARY }),
    KLK_REINTENTOS: '0',
  };
  env = {
    ...klkEnv,
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_DB: dbname,
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
  };
});

beforeEach(() => {
  klk.setFault('TANT', undefined);
});

afterEach(() => database.expectNoTrace());

afterAll(async () => {
  await klk.close();
  await rm(folder, { recursive: true });
  await database.drop();
});

/** No run may print a secret, however it ends. */
async function etl(args: readonly string[], variables: Env = env): Promise<Finished> {
  const finished = await runBin('etl', args, variables);
  for (const canary of [HEADER_CANARY, database.etl.password])
    expect(`${finished.stdout}${finished.stderr}`).not.toContain(canary);
  return finished;
}

const saveFile = async (name: string, content: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

describe('npm run etl', () => {
  it('loads every active store, shows a table, and exits 0', async () => {
    const { status, stdout } = await etl([]);

    expect(status).toBe(0);
    for (const { id, activa } of readCatalogo()) if (activa) expect(stdout).toContain(id);
    expect(await database.query('SELECT count(*)::integer AS filas FROM inventario_actual')).toEqual([
      { filas: 5 * ARTICULOS },
    ]);
  });

  it('with --json prints the summary and nothing else, and logs to standard error', async () => {
    const { status, stdout, stderr } = await etl(['--json', '--tiendas', 'tienda_01', 'tienda_08']);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      origen: 'cli',
      estado: 'exitosa',
      tiendas: [{ id: 'tienda_01' }, { id: 'tienda_08' }],
    });
    expect(stdout.trimEnd()).not.toContain('\n');
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('message');
  });

  it('exits 1 when a store was not loaded, with the summary and what to do', async () => {
    klk.setFault('TANT', 'incompleta');
    const { status, stdout, stderr } = await etl(['--json']);

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'parcial', totales: { cargadas: 4, fallidas: 1 } });
    expect(stderr).toMatch(/tienda_17 ARTIGAS.*KLK_INCOMPLETA/);
  });

  it('exits 1 when the database is down, and never calls KLK', async () => {
    const requests = klk.requests.length;
    const port = String(await closedPort());
    const { status, stdout, stderr } = await etl(['--json'], { ...env, POSTGRES_PORT: port });

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'fallida', error: { codigo: 'BD_INACCESIBLE' } });
    expect(stderr).toContain(`localhost:${port}/${database.etl.database}`);
    expect(klk.requests).toHaveLength(requests);
  });

  it('exits 1 when another run is under way, and says so', async () => {
    const holder = new Client(toClientConfig(database.admin));
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    const before = await readAllVersions(database);
    const { status, stdout } = await etl(['--json']);
    await holder.end();

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ estado: 'omitida', tiendas: [], motivo: expect.any(String) });
    expect(await readAllVersions(database)).toEqual(before);
  });

  it("tolerates the predecessor's DB_MODE", async () => {
    const { status } = await etl(['--tiendas', 'tienda_01'], { ...env, DB_MODE: 'postgresql' });

    expect(status).toBe(0);
  });

  it('takes the stores of another catalogue', async () => {
    const tienda = {
      id: 'tienda_nueva',
      nombre: 'NUEVA',
      tipo: 'tienda',
      activa: true,
      sucursalKlk: 'SUC777',
    };
    const almacenes = [{ codigo: 'TTISBC', nombre: 'PISO DE VENTA' }];
    const archivo = await saveFile('tiendas.json', JSON.stringify({ tiendas: [{ ...tienda, almacenes }] }));
    const { status, stdout } = await etl(['--json'], { ...env, TIENDAS_ARCHIVO: archivo });

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tiendas: [{ id: 'tienda_nueva', almacenes: [{ codigo: 'TTISBC' }] }],
    });
  });
});

describe('npm run etl -- --dry-run', () => {
  it('needs no database, reads none, and exits 0', async () => {
    const before = await readAllVersions(database);
    const { status, stdout } = await etl(['--dry-run', '--json'], klkEnv);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      estado: 'simulada',
      totales: { extraidos: 5 * ARTICULOS },
    });
    expect(await readAllVersions(database)).toEqual(before);
  });

  it('writes nothing where there is a database', async () => {
    const before = await readAllVersions(database);
    const { status } = await etl(['--dry-run', '--tiendas', 'tienda_01']);

    expect(status).toBe(0);
    expect(await readAllVersions(database)).toEqual(before);
  });

  it('exits 1 when an answer cannot be believed', async () => {
    klk.setFault('TANT', 'otro-almacen');

    expect(await etl(['--dry-run'], klkEnv)).toMatchObject({ status: 1 });
  });
});

describe('POSTGRES_SSL=verificar', () => {
  it('loads from a server whose certificate the given authority signed, and from no other', async () => {
    const caFile = await saveFile('ca.pem', database.ca);
    const otherFile = await saveFile('otra.pem', (await issueCertificates()).ca);
    const args = ['--json', '--tiendas', 'tienda_01'];
    const tls = { ...env, POSTGRES_SSL: 'verificar' };

    expect(await etl(args, { ...tls, DB_CA_ARCHIVO: caFile })).toMatchObject({ status: 0 });
    const refused = await etl(args, { ...tls, DB_CA_ARCHIVO: otherFile });
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { codigo: 'BD_TLS' } });
  });
});

describe('what a command refuses before it touches anything, with exit 2:', () => {
  it.each<[string, string[], Record<string, string | undefined>, ...string[]]>([
    ['an unknown flag', ['--dryrun'], {}, '--dryrun', '--dry-run'],
    [
      'an unknown store and an inactive one',
      ['--tiendas', 'tienda_99', 'tienda_15'],
      {},
      'tienda_99',
      'tienda_15',
      'tienda_01',
    ],
    ['a flag that npm swallowed', [], { npm_config_dry_run: 'true' }, '--dry-run', 'npm run etl --'],
    [
      'an environment without anything',
      [],
      {
        KLK_URL: undefined,
        POSTGRES_HOST: undefined,
        POSTGRES_PORT: '',
        POSTGRES_DB: undefined,
        POSTGRES_USER: ' ',
        POSTGRES_PASSWORD: undefined,
      },
      ...['KLK_URL', 'POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_DB', 'POSTGRES_USER', 'POSTGRES_PASSWORD'],
    ],
    [
      'variables that make no sense',
      [],
      { KLK_URL: 'klk:7002', KLK_TIMEOUT_MS: '1.5', POSTGRES_PORT: 'abc', POSTGRES_SSL: 'quizas' },
      ...['KLK_TIMEOUT_MS', 'POSTGRES_PORT', 'POSTGRES_SSL'],
    ],
    ['headers that are no JSON', [], { KLK_HEADERS: HEADER_CANARY }, 'KLK_HEADERS'],
    [
      'TLS to a server that is not of RDS, without its authority',
      [],
      { POSTGRES_SSL: 'verificar' },
      'DB_CA_ARCHIVO',
    ],
    [
      'a catalogue that is not there',
      [],
      { TIENDAS_ARCHIVO: '/no/existe.json' },
      'TIENDAS_ARCHIVO',
      '/no/existe.json',
    ],
  ])('%s', async (_title, args, changes, ...parts) => {
    const before = { rows: await readAllVersions(database), requests: klk.requests.length };
    const variables = Object.entries({ ...env, ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const { status, stdout, stderr } = await etl(args, Object.fromEntries(variables));

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const part of parts) expect(stderr).toContain(part);
    expect({ rows: await readAllVersions(database), requests: klk.requests.length }).toEqual(before);
  });

  it('a catalogue with two stores of one id, or no JSON at all', async () => {
    const [tienda] = readCatalogo();
    const twice = await saveFile('dos.json', JSON.stringify({ tiendas: [tienda, tienda] }));
    const none = await saveFile('texto.json', 'tienda_01');

    for (const [archivo, part] of [
      [twice, 'tienda_01'],
      [none, 'no es JSON'],
    ] as const) {
      const { status, stderr } = await etl([], { ...env, TIENDAS_ARCHIVO: archivo });
      expect(status).toBe(2);
      expect(stderr).toContain(archivo);
      expect(stderr).toContain(part);
    }
  });
});

describe('under npm', () => {
  const Summary = z.object({ estado: z.string() });

  it('standard output carries the JSON alone', async () => {
    const { status, stdout } = await runNpm(
      ['run', '-s', 'etl', '--', '--dry-run', '--json', '--tiendas', 'tienda_01'],
      klkEnv,
    );

    expect(status).toBe(0);
    expect(Summary.parse(JSON.parse(stdout))).toEqual({ estado: 'simulada' });
  });

  it('flags that are given without -- are refused, and nothing is loaded for real', async () => {
    const before = await readAllVersions(database);
    const { status, stderr } = await runNpm(['run', '-s', 'etl', '--dry-run'], env);

    expect(status).toBe(2);
    expect(stderr).toContain('npm run etl -- --dry-run');
    expect(await readAllVersions(database)).toEqual(before);
  });
});
