import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { runOn } from '../support/empty-database.ts';
import { untilSomebodyWaits } from '../support/lock-waits.ts';
import { openSession } from '../support/session.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  await database.query('DELETE FROM inventario_historico');
  for (const { nombre } of await readPartitions()) await database.query(`DROP TABLE ${String(nombre)}`);
});

afterEach(() => database.expectNoTrace());

afterAll(() => database.drop());

const CREAR = 'SELECT crear_particiones() AS creadas';

/** The monthly partitions with their bounds. */
const readPartitions = (): Promise<Record<string, unknown>[]> =>
  database.query(
    `SELECT relname AS nombre, pg_get_expr(relpartbound, oid) AS limites FROM pg_class
      WHERE relispartition AND relkind = 'r' AND relname <> 'inventario_historico_default' ORDER BY relname`,
  );

/** The first moment of a month as PostgreSQL writes it; 0 is this month. */
const month = (offset: number): string => {
  const today = new Date();
  const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + offset));
  return `${first.toISOString().slice(0, 10)} 00:00:00+00`;
};

const partition = (offset: number): Record<string, unknown> => ({
  nombre: `inventario_historico_${month(offset).slice(0, 7).replace('-', '_')}`,
  limites: `FOR VALUES FROM ('${month(offset)}') TO ('${month(offset + 1)}')`,
});

const insertVersion = (desde: string): Promise<unknown> =>
  database.query(
    `INSERT INTO inventario_historico VALUES ('tienda_01', 'APP-TPF', '1', 5, $1, $1::timestamptz + interval '1 hour')`,
    [desde],
  );

/** The table in which each version lies. */
const readPlaces = async (): Promise<unknown[]> =>
  (
    await database.query(
      'SELECT tableoid::regclass::text AS tabla FROM inventario_historico ORDER BY fecha_snapshot',
    )
  ).map(({ tabla }) => tabla);

it("The pipeline's user makes the partitions of this month and of three ahead, with UTC bounds", async () => {
  expect(await runOn(database.etl, CREAR)).toEqual([{ creadas: 4 }]);
  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it('The time zone of the session moves no bound', async () => {
  await runOn(database.etl, `SELECT set_config('TimeZone', 'America/Caracas', false), crear_particiones()`);

  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it.each([
  // Moments are written with the zone's abbreviation in this style, and IST is read as the time of Israel.
  ['the date style and time zone', `SET datestyle = 'SQL, DMY'; SET timezone = 'Asia/Kolkata'`],
  [
    'a date style without a zone that can be read back',
    `SET datestyle = 'German'; SET timezone = 'Asia/Manila'`,
  ],
  ['the interval style', `SET intervalstyle = 'sql_standard'`],
])('The caller moves no bound by %s', async (_title, settings) => {
  await runOn(database.etl, `${settings}; ${CREAR}`);

  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it('Two callers at the same time make each partition once', async () => {
  const other = await openSession(database.etl);
  await other.query('BEGIN');
  expect(await other.query(CREAR)).toEqual([{ creadas: 4 }]);

  const second = runOn(database.etl, CREAR);
  await untilSomebodyWaits(database);
  await other.query('COMMIT');
  await other.end();

  expect(await second).toEqual([{ creadas: 0 }]);
  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it('Versions that a load writes into the default partition meanwhile stay there, and their month is passed over', async () => {
  const load = await openSession(database.admin);
  await load.query('BEGIN');
  await load.query(
    `INSERT INTO inventario_historico VALUES ('tienda_01', 'APP-TPF', '1', 5, $1, $1::timestamptz + interval '1 hour')`,
    [month(1)],
  );

  const making = runOn(database.etl, CREAR);
  await untilSomebodyWaits(database);
  await load.query('COMMIT');
  await load.end();

  expect(await making).toEqual([{ creadas: 3 }]);
  expect(await readPlaces()).toEqual(['inventario_historico_default']);
});

it('Partitions that exist are left alone, and missing ones are made', async () => {
  await database.query(CREAR);
  expect(await database.query(CREAR)).toEqual([{ creadas: 0 }]);

  await database.query(`DROP TABLE ${String(partition(2)['nombre'])}`);
  expect(await database.query(CREAR)).toEqual([{ creadas: 1 }]);
});

it('Versions go to the partition of the month in which they began, and to the default one where there is none', async () => {
  await database.query(CREAR);
  await insertVersion('2001-01-01T00:00:00Z');
  await insertVersion(new Date(Date.parse(month(1)) - 1).toISOString());
  await insertVersion(month(1));

  expect(await readPlaces()).toEqual([
    'inventario_historico_default',
    partition(0)['nombre'],
    partition(1)['nombre'],
  ]);
});

it('A month whose rows lie in the default partition is passed over, until they are moved', async () => {
  await insertVersion(month(1));
  expect(await database.query(CREAR)).toEqual([{ creadas: 3 }]);
  expect((await readPartitions()).map(({ nombre }) => nombre)).not.toContain(partition(1)['nombre']);

  await database.query(
    `BEGIN;
     CREATE TEMPORARY TABLE movidas ON COMMIT DROP AS SELECT * FROM inventario_historico_default;
     DELETE FROM inventario_historico_default;
     SELECT crear_particiones();
     INSERT INTO inventario_historico SELECT * FROM movidas;
     COMMIT;`,
  );
  expect(await readPlaces()).toEqual([partition(1)['nombre']]);
});

it('Nobody else may make partitions', async () => {
  expect(
    await database.query(
      `SELECT has_function_privilege('public', 'crear_particiones()', 'EXECUTE') AS puede`,
    ),
  ).toEqual([{ puede: false }]);
});

it('The search path of the caller does not lead it astray', async () => {
  await database.query(CREAR);
  await database.query(
    'CREATE SCHEMA trampa; CREATE TABLE trampa.inventario_historico (fecha_snapshot timestamptz)',
  );
  await database.query(`DROP TABLE ${String(partition(3)['nombre'])}`);
  await runOn(
    database.admin,
    `SELECT set_config('search_path', 'trampa', false), public.crear_particiones()`,
  );

  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});
