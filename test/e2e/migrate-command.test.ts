import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/config/contract.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import { createEmptyDatabase, runOn } from '../support/empty-database.ts';
import type { EmptyDatabase } from '../support/empty-database.ts';
import { runBin } from '../support/run-bin.ts';
import type { Finished } from '../support/run-bin.ts';

const CLAVE = 'clave-del-usuario-del-etl';

let database: EmptyDatabase;
let env: Readonly<Record<string, string>>;
/** A role is of the whole server. */
let user: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  user = `etl_${randomBytes(4).toString('hex')}`;
  const { host, port, database: name, user: admin, password } = database.admin;
  env = {
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_DB: name,
    POSTGRES_USER: admin,
    POSTGRES_PASSWORD: password,
  };
});

afterEach(async () => {
  await database.drop();
  await runOn({ ...database.admin, database: 'postgres' }, `DROP ROLE IF EXISTS ${user}`);
});

/** No password may be printed, however it ends. */
async function migrate(changes: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const finished = await runBin('migrate', [], { ...env, ...changes });
  for (const secret of [CLAVE, database.admin.password])
    expect(`${finished.stdout}${finished.stderr}`).not.toContain(secret);
  return finished;
}

const tables = (): Promise<Record<string, unknown>[]> =>
  runOn(
    database.admin,
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
  );

it('npm run migrate applies what is missing, tells each migration, and does nothing the second time', async () => {
  const first = await migrate();
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toContain('Aplicada 001_dominios\n');
  expect(first.stdout).toContain(`Aplicada ${MIGRACION_REQUERIDA}\n`);

  expect(await migrate()).toEqual({ status: 0, stdout: 'La base ya estaba al día\n', stderr: '' });
});

it("npm run migrate makes the pipeline's user too, with which npm run etl loads", async () => {
  const { status, stdout } = await migrate({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: CLAVE });
  expect(status).toBe(0);
  expect(stdout).toContain(`Usuario ${user} listo`);

  const klk = await startKlkSimulator({ tiendas: readCatalogo(), articulosPorAlmacen: 50 });
  const loaded = await runBin('etl', ['--json'], {
    ...env,
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: CLAVE,
    KLK_URL: klk.baseUrl,
  });
  await klk.close();
  expect(loaded.status).toBe(0);
  expect(JSON.parse(loaded.stdout)).toMatchObject({
    estado: 'exitosa',
    totales: { cargadas: 5, inventario: 250 },
  });
});

it('npm run migrate exits 1 for a database of somebody else, untouched, and says what to do', async () => {
  await runOn(database.admin, 'CREATE TABLE productos (id int)');
  const { status, stderr } = await migrate({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: CLAVE });

  expect(status).toBe(1);
  expect(stderr).toMatch(/BASE_AJENA.*productos.*POSTGRES_DB/s);
  expect(await tables()).toEqual([{ relname: 'productos' }]);
});

it('npm run migrate exits 1 when it is not let in', async () => {
  const { status, stderr } = await migrate({ POSTGRES_PASSWORD: 'no-es-esta' });

  expect(status).toBe(1);
  expect(stderr).toContain('BD_CREDENCIALES');
  expect(stderr).not.toContain('no-es-esta');
});

it.each<[string, Record<string, string>, ...string[]]>([
  [
    'an environment without anything',
    { POSTGRES_HOST: '', POSTGRES_DB: ' ' },
    'POSTGRES_HOST',
    'POSTGRES_DB',
  ],
  ['a user without a password', { POSTGRES_ETL_USER: 'etl' }, 'POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD'],
  [
    'a weak password of the pipeline user',
    { POSTGRES_ETL_USER: 'etl', POSTGRES_ETL_PASSWORD: 'corta12' },
    'POSTGRES_ETL_PASSWORD',
  ],
  [
    'a pipeline user that PostgreSQL cannot have',
    { POSTGRES_ETL_USER: 'pg_etl', POSTGRES_ETL_PASSWORD: CLAVE },
    'POSTGRES_ETL_USER',
  ],
  ['a directory for the authorities', { POSTGRES_SSL: 'verificar', DB_CA_ARCHIVO: '/' }, 'DB_CA_ARCHIVO'],
  ['a flag that npm swallowed', { npm_config_dry_run: 'true' }, '--dry-run'],
])('npm run migrate exits 2 for %s, before it touches anything', async (_title, changes, ...parts) => {
  const { status, stdout, stderr } = await migrate(changes);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  for (const part of parts) expect(stderr).toContain(part);
  expect(await tables()).toEqual([]);
});

/** What is a person's mistake is told in one line, with a code and what to do. */
function expectOneLine({ status, stderr }: Finished, codigo: string): void {
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${codigo}: [^\\n]+\\n$`));
  expect(stderr).not.toMatch(/ERROR_INTERNO|avise a desarrollo|\n +at /);
}

describe('a mistake of the person who migrates is no fault of the program', () => {
  const asAdmin = (sql: string): Promise<unknown> => runOn(database.admin, sql);
  const as = (name: string, extra: Readonly<Record<string, string>> = {}): Promise<Finished> =>
    migrate({ POSTGRES_USER: name, POSTGRES_PASSWORD: CLAVE, ...extra });

  beforeEach(() => asAdmin(`CREATE ROLE ${user} LOGIN PASSWORD '${CLAVE}'`));
  afterEach(() => asAdmin(`DROP OWNED BY ${user}`));

  it('a user that may not create tables is told the statement that lets it', async () => {
    const finished = await as(user);

    expectOneLine(finished, 'BD_PERMISO_MIGRACION');
    const [statement = ''] = /GRANT USAGE, CREATE ON SCHEMA public TO \w+/.exec(finished.stderr) ?? [];
    await asAdmin(statement);
    expect((await as(user)).status).toBe(0);
  });

  it('a user that does not own the tables is told whose they are', async () => {
    await migrate();

    const finished = await as(user);
    expectOneLine(finished, 'BD_PERMISO_MIGRACION');
    expect(finished.stderr).toContain(`son de ${database.admin.user}: migre con ese usuario`);
  });

  it('a user that may not create roles is told so before anything is migrated', async () => {
    await asAdmin(`GRANT USAGE, CREATE ON SCHEMA public TO ${user}`);
    const finished = await as(user, { POSTGRES_ETL_USER: `${user}_etl`, POSTGRES_ETL_PASSWORD: CLAVE });

    expectOneLine(finished, 'BD_PERMISO_MIGRACION');
    expect(finished.stderr).toContain(`ALTER ROLE ${user} CREATEROLE`);
    expect(await tables()).toEqual([]);
  });

  it('a pipeline user that administers the server is refused before anything is migrated, with the statement that mends it', async () => {
    await asAdmin(`ALTER ROLE ${user} CREATEDB`);
    const finished = await migrate({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: CLAVE });

    expectOneLine(finished, 'USUARIO_ETL_INVALIDO');
    expect(finished.stderr).toContain(`ALTER ROLE ${user} NOCREATEDB`);
    expect(await tables()).toEqual([]);
  });

  it('a server that takes no writes is refused', async () => {
    await asAdmin(`ALTER ROLE ${user} SET default_transaction_read_only = on`);

    expectOneLine(await as(user), 'BD_SOLO_LECTURA');
  });

  it.each<[string, string, () => Record<string, string>]>([
    ['a database that does not exist', 'BD_INEXISTENTE', () => ({ POSTGRES_DB: 'no_existe' })],
    ['a role that may not log in', 'BD_CREDENCIALES', () => ({ POSTGRES_USER: 'pg_monitor' })],
    [
      'a host that does not exist',
      'BD_INACCESIBLE',
      () => ({ POSTGRES_HOST: 'base.invalid', POSTGRES_SSL: 'no' }),
    ],
  ])('%s is refused', async (_title, codigo, changes) => {
    expectOneLine(await migrate(changes()), codigo);
  });

  it('a port on which something else than PostgreSQL answers is refused, and the message says so', async () => {
    const klk = await startKlkSimulator({ tiendas: readCatalogo(), articulosPorAlmacen: 1 });
    const finished = await migrate({ POSTGRES_PORT: String(klk.puerto) });
    await klk.close();

    expectOneLine(finished, 'BD_INACCESIBLE');
    expect(finished.stderr).toContain('en ese puerto escucha PostgreSQL');
  });

  it('a file that holds no usable authority is told as one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-ca-'));
    const file = join(folder, 'ca.pem');
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nbasura\n-----END CERTIFICATE-----\n');
    const finished = await migrate({ POSTGRES_SSL: 'verificar', DB_CA_ARCHIVO: file });
    await rm(folder, { recursive: true });

    expect({ status: finished.status, stderr: finished.stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('DB_CA_ARCHIVO'),
    });
  });
});

it('npm run migrate names the migration that failed, what was committed before it, and the code', async () => {
  await runOn(database.admin, 'CREATE TYPE almacenes AS ENUM ()');
  const finished = await migrate();

  expectOneLine(finished, 'MIGRACION_FALLIDA');
  expect(finished.stderr).toMatch(/008_almacenes\.sql.*007_pedidos_sugeridos/);
  expect(finished.stdout).toContain('Aplicada 007_pedidos_sugeridos\n');
});
