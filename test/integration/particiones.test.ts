import { beforeEach, expect, it } from '@jest/globals';
import { runOn, useDatabase } from '../support/database.ts';

const database = await useDatabase();

beforeEach(async () => {
  await database.query('DELETE FROM inventario_versiones');
  for (const { nombre } of await readPartitions()) await database.query(`DROP TABLE ${String(nombre)}`);
});

/** Counts those of the versions alone. */
const CREAR = `SELECT count(*)::integer AS creadas FROM crear_particiones() AS nombre WHERE nombre LIKE 'inventario_versiones%'`;

/** The monthly partitions of the versions with their bounds. */
const readPartitions = (): Promise<Record<string, unknown>[]> =>
  database.query(
    `SELECT relname AS nombre, pg_get_expr(relpartbound, oid) AS limites FROM pg_class
      WHERE relispartition AND relkind = 'r' AND relname LIKE 'inventario\\_versiones\\_2%' ORDER BY relname`,
  );

/** The first moment of a month as PostgreSQL writes it; 0 is this month. */
const month = (offset: number): string => {
  const today = new Date();
  const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + offset));
  return `${first.toISOString().slice(0, 10)} 00:00:00+00`;
};

const partition = (offset: number): Record<string, unknown> => ({
  nombre: `inventario_versiones_${month(offset).slice(0, 7).replace('-', '_')}`,
  limites: `FOR VALUES FROM ('${month(offset)}') TO ('${month(offset + 1)}')`,
});

/** A version that ends then. */
const INSERT = `
  INSERT INTO inventario_versiones
         (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta, cambia_precio, precio_siguiente)
  VALUES ('tienda_01', 'APP-TPF', '1', 5, 4.9, 16, $1::timestamptz - interval '1 hour', $1::timestamptz, true, 5)`;

const insertVersion = (hasta: string): Promise<unknown> => database.query(INSERT, [hasta]);

/** The table in which each version lies. */
const readPlaces = async (): Promise<unknown[]> =>
  (
    await database.query(
      'SELECT tableoid::regclass::text AS tabla FROM inventario_versiones ORDER BY vigente_hasta',
    )
  ).map(({ tabla }) => tabla);

it('The partitions of this month and of three months ahead are created, with UTC bounds', async () => {
  expect(await runOn(database.admin, CREAR)).toEqual([{ creadas: 4 }]);
  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it('The time zone of the session does not change the bounds', async () => {
  await runOn(database.admin, `SELECT set_config('TimeZone', 'America/Caracas', false), crear_particiones()`);

  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it.each([
  // Moments are written with the zone's abbreviation in this style, and IST is read as the time of Israel.
  ['the date style and time zone', `SET datestyle = 'SQL, DMY'; SET timezone = 'Asia/Kolkata'`],
  [
    'a date style that writes an ambiguous time zone',
    `SET datestyle = 'German'; SET timezone = 'Asia/Manila'`,
  ],
  ['the interval style', `SET intervalstyle = 'sql_standard'`],
])('The bounds do not depend on %s of the caller', async (_title, settings) => {
  await runOn(database.admin, `${settings}; ${CREAR}`);

  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it('Two callers at the same time create each partition once', async () => {
  const other = await database.openSession();
  await other.query('BEGIN');
  expect(await other.query(CREAR)).toEqual([{ creadas: 4 }]);

  const second = runOn(database.admin, CREAR);
  await database.untilSomebodyWaits();
  await other.query('COMMIT');
  await other.end();

  expect(await second).toEqual([{ creadas: 0 }]);
  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});

it('Versions that a load is writing into the default partition are waited for and moved', async () => {
  await runOn(database.admin, CREAR);
  // The making of any other partition would wait for the load as well.
  await database.query(`DROP TABLE ${String(partition(1)['nombre'])}`);
  const load = await database.openSession();
  await load.query('BEGIN');
  await load.query(INSERT, [month(1)]);

  const making = runOn(database.admin, CREAR);
  await database.untilSomebodyWaits();
  await load.query('COMMIT');
  await load.end();

  expect(await making).toEqual([{ creadas: 1 }]);
  expect(await readPlaces()).toEqual([partition(1)['nombre']]);
});

it('Existing partitions stay, and missing ones are created', async () => {
  await database.query(CREAR);
  expect(await database.query(CREAR)).toEqual([{ creadas: 0 }]);

  await database.query(`DROP TABLE ${String(partition(2)['nombre'])}`);
  expect(await database.query(CREAR)).toEqual([{ creadas: 1 }]);
});

it('Versions go to the partition of the month in which they ended, and to the default one where there is none', async () => {
  await database.query(CREAR);
  await insertVersion('2001-01-01T00:00:00Z');
  await insertVersion(new Date(Date.parse(month(1)) - 1).toISOString());
  await insertVersion(month(1));

  expect(await readPlaces()).toEqual([
    'inventario_versiones_default',
    partition(0)['nombre'],
    partition(1)['nombre'],
  ]);
});

it('Versions in the default partition are moved unchanged into the month in which they ended, however old', async () => {
  const whole = 'SELECT (v.*)::text AS version FROM inventario_versiones v ORDER BY vigente_hasta';
  await insertVersion('2001-01-31T23:59:59Z');
  await insertVersion(month(1));
  const before = await database.query(whole);

  expect(await database.query(CREAR)).toEqual([{ creadas: 5 }]);

  expect(await readPlaces()).toEqual(['inventario_versiones_2001_01', partition(1)['nombre']]);
  expect(await database.query(whole)).toEqual(before);
  expect(await database.query(CREAR)).toEqual([{ creadas: 0 }]);
});

it.each(['public', 'etl'])('A role that does not migrate may not create partitions: %s', async (role) => {
  expect(
    await database.query(`SELECT has_function_privilege($1, 'crear_particiones(date)', 'EXECUTE') AS puede`, [
      role,
    ]),
  ).toEqual([{ puede: false }]);
});

it('The search path of the caller does not matter', async () => {
  await database.query(CREAR);
  await database.query(
    'CREATE SCHEMA trampa; CREATE TABLE trampa.inventario_versiones (vigente_hasta timestamptz)',
  );
  await database.query(`DROP TABLE ${String(partition(3)['nombre'])}`);
  await runOn(
    database.admin,
    `SELECT set_config('search_path', 'trampa', false), public.crear_particiones()`,
  );

  expect(await readPartitions()).toEqual([0, 1, 2, 3].map(partition));
});
