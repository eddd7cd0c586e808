import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readCatalogo } from '../../lambdas/inventario-klk/catalogo.ts';
import { MIGRACION_REQUERIDA } from '../../lambdas/inventario-klk/contract.ts';
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
  expect(first.stdout).toContain('Aplicada 001_ubicaciones\n');
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
  ['a flag that npm swallowed', { npm_config_dry_run: 'true' }, '--dry-run'],
])('npm run migrate exits 2 for %s, before it touches anything', async (_title, changes, ...parts) => {
  const { status, stdout, stderr } = await migrate(changes);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  for (const part of parts) expect(stderr).toContain(part);
  expect(await tables()).toEqual([]);
});
