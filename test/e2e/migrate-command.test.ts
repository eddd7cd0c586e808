import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MIGRACION_REQUERIDA } from '../../lambdas/core/postgres/preflight.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import { runBin } from '../support/commands.ts';
import type { Env, Finished } from '../support/commands.ts';
import { createDatabase, runOn } from '../support/database.ts';
import type { Row, TestDatabase } from '../support/database.ts';
import { CATALOGO } from '../support/world.ts';

const PASSWORD = 'clave-del-usuario-del-etl';

/** PEM without a certificate in it. */
const NO_CERTIFICATE = fileURLToPath(new URL('../fixtures/no-certificate.pem', import.meta.url));

let database: TestDatabase;
let env: Env;
/** A role is of the whole server. */
let user: string;

beforeEach(async () => {
  database = await createDatabase({ empty: true });
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

/** Runs `npm run migrate`, and fails when it prints a password. */
async function migrate(changes: Env = {}): Promise<Finished> {
  const finished = await runBin('migrate', [], { ...env, ...changes });
  for (const secret of [PASSWORD, database.admin.password])
    expect(`${finished.stdout}${finished.stderr}`).not.toContain(secret);
  return finished;
}

const tables = (): Promise<Row[]> =>
  database.query(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
  );

it('npm run migrate applies the missing migrations, prints each, and does nothing the second time', async () => {
  const first = await migrate();
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toContain('Aplicada 001_dominios\n');
  expect(first.stdout).toContain(`Aplicada ${MIGRACION_REQUERIDA}\n`);

  expect(await migrate()).toEqual({ status: 0, stdout: 'La base ya estaba al día\n', stderr: '' });
});

it("npm run migrate creates the pipeline's user, with which npm run etl loads", async () => {
  const { status, stdout } = await migrate({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: PASSWORD });
  expect(status).toBe(0);
  expect(stdout).toContain(`Usuario ${user} listo`);

  const klk = await startKlkSimulator({ tiendas: CATALOGO, articulosPorAlmacen: 50 });
  const loaded = await runBin('etl', ['--json'], {
    ...env,
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: PASSWORD,
    KLK_URL: klk.baseUrl,
  });
  await klk.close();
  expect(loaded.status).toBe(0);
  expect(JSON.parse(loaded.stdout)).toMatchObject({
    estado: 'exitosa',
    totales: { cargadas: 5, inventario: 250 },
  });
});

it('npm run migrate creates the user of the read-only API, which sees the schema consultas and nothing else', async () => {
  const { status, stdout } = await migrate({
    POSTGRES_CONSULTAS_USER: user,
    POSTGRES_CONSULTAS_PASSWORD: PASSWORD,
  });
  expect(status).toBe(0);
  expect(stdout).toContain(`Usuario ${user} listo, con los permisos de las consultas y ninguno más`);

  const reader = { ...database.admin, user, password: PASSWORD };
  expect(await runOn(reader, 'SELECT id FROM consultas.tiendas')).toEqual([]);
  await expect(runOn(reader, 'SELECT id FROM ubicaciones')).rejects.toMatchObject({ code: '42501' });
});

it('npm run migrate exits 1 for a database of another project, leaves it as it is, and says what to do', async () => {
  await database.query('CREATE TABLE productos (id int)');
  const { status, stderr } = await migrate({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: PASSWORD });

  expect(status).toBe(1);
  expect(stderr).toMatch(/BASE_AJENA.*productos.*POSTGRES_DB/s);
  expect(await tables()).toEqual([{ relname: 'productos' }]);
});

it('npm run migrate exits 1 when the password is wrong', async () => {
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
    { POSTGRES_ETL_USER: 'pg_etl', POSTGRES_ETL_PASSWORD: PASSWORD },
    'POSTGRES_ETL_USER',
  ],
  ['a directory for the authorities', { POSTGRES_SSL: 'verificar', DB_CA_ARCHIVO: '/' }, 'DB_CA_ARCHIVO'],
  ['a flag that npm swallowed', { npm_config_dry_run: 'true' }, '--dry-run'],
])('npm run migrate exits 2, before it touches anything, for %s', async (_title, changes, ...parts) => {
  const { status, stdout, stderr } = await migrate(changes);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  for (const part of parts) expect(stderr).toContain(part);
  expect(await tables()).toEqual([]);
});

/** Fails unless the mistake is reported in one line, with its code and what to do. */
function expectOneLine({ status, stderr }: Finished, codigo: string): void {
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${codigo}: [^\\n]+\\n$`));
  expect(stderr).not.toMatch(/ERROR_INTERNO|avise a desarrollo|\n +at /);
}

describe('A mistake of the person who migrates is answered in one line, with a code and what to do', () => {
  const as = (name: string, extra: Env = {}): Promise<Finished> =>
    migrate({ POSTGRES_USER: name, POSTGRES_PASSWORD: PASSWORD, ...extra });

  beforeEach(() => database.query(`CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'`));
  afterEach(() => database.query(`DROP OWNED BY ${user}`));

  it('A user that may not create tables or schemas is shown the statements that grant it', async () => {
    const finished = await as(user);

    expectOneLine(finished, 'BD_PERMISO_MIGRACION');
    const statements = finished.stderr.match(/GRANT [A-Z, ]+ ON (SCHEMA|DATABASE) \w+ TO \w+/g) ?? [];
    expect(statements).toHaveLength(2);
    for (const statement of statements) await database.query(statement);
    expect((await as(user)).status).toBe(0);
  });

  it('A user that does not own the tables is told who does', async () => {
    await migrate();

    const finished = await as(user);
    expectOneLine(finished, 'BD_PERMISO_MIGRACION');
    expect(finished.stderr).toContain(`son de ${database.admin.user}: migre con ese usuario`);
  });

  it('A user that may not create roles is refused before anything is migrated', async () => {
    await database.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${user}`);
    const finished = await as(user, { POSTGRES_ETL_USER: `${user}_etl`, POSTGRES_ETL_PASSWORD: PASSWORD });

    expectOneLine(finished, 'BD_PERMISO_MIGRACION');
    expect(finished.stderr).toContain(`ALTER ROLE ${user} CREATEROLE`);
    expect(await tables()).toEqual([]);
  });

  it('A pipeline user that administers the server is refused before anything is migrated, with the statement that corrects it', async () => {
    await database.query(`ALTER ROLE ${user} CREATEDB`);
    const finished = await migrate({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: PASSWORD });

    expectOneLine(finished, 'USUARIO_ETL_INVALIDO');
    expect(finished.stderr).toContain(`ALTER ROLE ${user} NOCREATEDB`);
    expect(await tables()).toEqual([]);
  });

  it('A read-only server is refused', async () => {
    await database.query(`ALTER ROLE ${user} SET default_transaction_read_only = on`);

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

  it('A port on which something else than PostgreSQL answers is refused by name', async () => {
    const klk = await startKlkSimulator({ tiendas: CATALOGO, articulosPorAlmacen: 1 });
    const finished = await migrate({ POSTGRES_PORT: String(klk.puerto) });
    await klk.close();

    expectOneLine(finished, 'BD_INACCESIBLE');
    expect(finished.stderr).toContain('en ese puerto escucha PostgreSQL');
  });

  it('A file without a usable certificate is refused by the variable that names it', async () => {
    const finished = await migrate({ POSTGRES_SSL: 'verificar', DB_CA_ARCHIVO: NO_CERTIFICATE });

    expect(finished).toMatchObject({ status: 2, stderr: expect.stringContaining('DB_CA_ARCHIVO') });
  });
});

it('npm run migrate names the migration that failed and the last one before it', async () => {
  await database.query('CREATE TYPE almacenes AS ENUM ()');
  const finished = await migrate();

  expectOneLine(finished, 'MIGRACION_FALLIDA');
  expect(finished.stderr).toMatch(/008_almacenes\.sql.*007_pedidos_sugeridos/);
  expect(finished.stdout).toContain('Aplicada 007_pedidos_sugeridos\n');
});
