import { beforeEach, describe, expect, it } from '@jest/globals';
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

it('Versions that ended in a period are found once each, to the microsecond around the end of a month', async () => {
  await database.query(CREAR);
  for (const offset of [-1, 0, 1])
    await database.query(
      INSERT.replaceAll('$1::timestamptz', `($1::timestamptz + ${offset} * interval '1 microsecond')`),
      [month(1)],
    );
  expect(await readPlaces()).toEqual([0, 1, 1].map((offset) => partition(offset)['nombre']));

  const periods = await database.query(
    `WITH momentos AS (
       SELECT $1::timestamptz + n * interval '1 microsecond' AS momento FROM generate_series(-2, 2) AS n
       UNION ALL SELECT $1::timestamptz + n * interval '1 month' FROM unnest(ARRAY[-1, 1]) AS n)
     SELECT d.momento::text AS desde, h.momento::text AS hasta,
            ARRAY(SELECT vigente_hasta::text FROM versiones_de('APP-TPF', '1', d.momento, h.momento) ORDER BY vigente_hasta) AS halladas,
            ARRAY(SELECT vigente_hasta::text FROM inventario_versiones
                   WHERE vigente_hasta > d.momento AND vigente_hasta <= h.momento ORDER BY vigente_hasta) AS todas
       FROM momentos d JOIN momentos h ON h.momento > d.momento`,
    [month(1)],
  );
  expect(periods).toHaveLength(21);
  expect(periods.filter(({ halladas, todas }) => String(halladas) !== String(todas))).toEqual([]);
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

describe('the partitions of the sales', () => {
  /** Created, by name. */
  const create = async (ventasDesde: string | null = null): Promise<unknown[]> =>
    (
      await runOn(
        database.admin,
        `SELECT nombre FROM crear_particiones($1::date) AS nombre WHERE nombre LIKE 'ventas%'`,
        [ventasDesde],
      )
    ).map(({ nombre }) => nombre);

  const ventas = (first: string): string => `ventas_${first.slice(0, 7).replace('-', '_')}`;

  /** The month of the stores' calendar, so many months ahead. */
  const monthOfStores = async (offset: number): Promise<string> => {
    const [{ mes } = {}] = await database.query(
      `SELECT (date_trunc('month', now() AT TIME ZONE 'America/Caracas') + make_interval(months => $1::integer))::date::text AS mes`,
      [offset],
    );
    return String(mes);
  };

  const sell = (dia: string, linea = 1): Promise<unknown> =>
    database.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total, descuento_monto)
       VALUES ('tienda_01', 'F-1', $2, ($1::date + time '23:59:59.9') AT TIME ZONE 'America/Caracas', $1::date, '1', 5, 4.9, 0.5)`,
      [dia, linea],
    );

  const places = async (): Promise<unknown[]> =>
    (await database.query('SELECT tableoid::regclass::text AS tabla FROM ventas ORDER BY dia, linea')).map(
      ({ tabla }) => tabla,
    );

  beforeEach(async () => {
    await database.query('DELETE FROM ventas');
    const rows = await database.query(
      `SELECT inhrelid::regclass::text AS nombre FROM pg_inherits WHERE inhparent = 'ventas'::regclass AND inhrelid <> 'ventas_default'::regclass`,
    );
    for (const { nombre } of rows) await database.query(`DROP TABLE ${String(nombre)}`);
  });

  it('Without a first day they begin with the month of a week ago and end three months ahead', async () => {
    const created = await create();

    const expected = await Promise.all([0, 1, 2, 3].map(monthOfStores));
    expect(created.slice(-4)).toEqual(expected.map(ventas));
    expect(created.length).toBeLessThanOrEqual(5);
    expect(await create()).toEqual([]);
  });

  it('With a first day they begin with its month', async () => {
    const first = await monthOfStores(-14);

    expect(await create(first)).toHaveLength(18);
    expect(await create(first)).toEqual([]);
    const earlier = await monthOfStores(-15);
    expect(await create(`${earlier.slice(0, 8)}28`)).toEqual([ventas(earlier)]);
  });

  it('A first day in the future removes no partition', async () => {
    expect((await create('2199-01-01')).length).toBeGreaterThanOrEqual(4);
  });

  it('A line lies in the month of its day in Caracas, and in the default partition where there is none', async () => {
    await create();
    const [now, next] = [await monthOfStores(0), await monthOfStores(1)];
    await sell('2001-01-31');
    await sell(now);
    await sell(next);

    expect(await places()).toEqual(['ventas_default', ventas(now), ventas(next)]);
  });

  it('Lines in the default partition are unique too, and are moved whole, with their ids', async () => {
    const whole = 'SELECT (v.*)::text AS linea FROM ventas v ORDER BY dia, linea';
    await sell('2001-01-31');
    await sell('2001-02-01');
    await sell('2001-02-01', 2);
    const before = await database.query(whole);

    expect((await create()).slice(0, 2)).toEqual(['ventas_2001_01', 'ventas_2001_02']);

    expect(await places()).toEqual(['ventas_2001_01', 'ventas_2001_02', 'ventas_2001_02']);
    expect(await database.query(whole)).toEqual(before);
    await expect(sell('2001-02-01', 2)).rejects.toMatchObject({ code: '23505' });
  });

  it('The calendar of the caller does not change the bounds', async () => {
    await runOn(
      database.admin,
      `SET datestyle = 'German, DMY'; SET timezone = 'Asia/Kolkata'; SELECT crear_particiones('2026-02-01')`,
    );

    const [{ limites } = {}] = await database.query(
      `SELECT pg_get_expr(relpartbound, oid) AS limites FROM pg_class WHERE relname = 'ventas_2026_02'`,
    );
    expect(limites).toBe(`FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')`);
  });
});
