import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runOn, useDatabase } from '../support/database.ts';
import type { Session } from '../support/database.ts';
import { clearTables } from '../support/inventory.ts';
import { propertyWithin } from '../support/property.ts';
import { LATER, facturas, reading, linea, load, loadOnceFree, resetTramos, when } from './ventas-loads.ts';
import { UNSUMMED } from '../support/ventas-scene.ts';

const database = await useDatabase();

const DIA = '2026-11-17';

/** One line. */
const insert = (
  [tienda, factura, numero, dia, hora, producto]: readonly [string, string, number, string, string, string],
  [cantidad, unidad, venta, costo]: readonly [number, string | null, number, number | null] = [
    1,
    'UNIDAD',
    2,
    1,
  ],
): string =>
  `INSERT INTO ventas (ubicacion_id, numero_factura, linea, dia, fecha_venta, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
   VALUES ('${tienda}', '${factura}', ${numero}, '${dia}', '${dia} ${hora} America/Caracas', '${producto}', ${cantidad},
           ${unidad === null ? 'NULL' : `'${unidad}'`}, ${venta}, ${costo ?? 'NULL'}, ${venta} - ${costo ?? 0})`;

const sell = (factura: string, numero: number, producto: string, hora = '08:10', dia = DIA): string =>
  insert(['tienda_01', factura, numero, dia, hora, producto]);

const expectSummed = async (): Promise<void> => {
  expect(await database.query(UNSUMMED)).toEqual([]);
};

/** The rows of both tables, each with the version that PostgreSQL gives it: equal when nothing was written. */
const versions = (): Promise<unknown> =>
  database.query(
    `SELECT ctid::text, xmin::text, xmax::text, to_jsonb(d) AS fila FROM ventas_diarias d
     UNION ALL SELECT ctid::text, xmin::text, xmax::text, to_jsonb(h) FROM ventas_horarias h ORDER BY 1`,
  );

const readDiarias = (columns: string): Promise<unknown[]> =>
  readSums('ventas_diarias', 'producto_id', columns);
const readHorarias = (columns: string): Promise<unknown[]> => readSums('ventas_horarias', 'hora', columns);

/** Rows as JSON, in which numbers are numbers. */
const readSums = async (tabla: string, clave: string, columns: string): Promise<unknown[]> =>
  (
    await database.query(
      `SELECT to_jsonb(q) AS fila FROM (SELECT ${clave} AS c, ${columns} FROM ${tabla} ORDER BY ubicacion_id, dia, ${clave}) AS q`,
    )
  ).map(({ fila }) => fila);

beforeEach(async () => {
  await clearTables(database);
});

describe('a day of sales', () => {
  /** An invoice with an article twice, kilos, a gift, a line without cost, a return. */
  beforeEach(() =>
    database.query(
      (
        [
          [
            ['tienda_01', 'F-1', 1, DIA, '12:19:56.896', 'A'],
            [2, 'UNIDAD', 3, 2],
          ],
          [
            ['tienda_01', 'F-1', 2, DIA, '12:19:56.896', 'B'],
            [0.755, 'KG', 1, 0.8],
          ],
          [
            ['tienda_01', 'F-1', 3, DIA, '12:19:56.896', 'A'],
            [1, 'UNIDAD', 0, 1],
          ],
          [
            ['tienda_01', 'F-2', 1, DIA, '12:59:59.999', 'A'],
            [1, 'KG', 1.5, null],
          ],
          [
            ['tienda_01', 'F-3', 1, DIA, '21:00:00', 'A'],
            [-1, 'UNIDAD', -1.5, -1],
          ],
          [
            ['tienda_01', 'F-4', 1, DIA, '21:00:00', 'C'],
            [3, null, 6, null],
          ],
          [
            ['tienda_02', 'F-1', 1, DIA, '23:59:59.999', 'A'],
            [4, null, 6, 4],
          ],
        ] as const
      )
        .map(([line, sold]) => insert(line, sold))
        .join('; '),
    ),
  );

  it('By article it counts invoices, not lines, adds units and kilos apart, and judges the margin over what has a cost', async () => {
    await expectSummed();
    expect(
      await readDiarias(
        'lineas AS l, facturas AS f, unidades AS n, kilos AS kg, venta_total AS v, venta_con_costo AS vc, costo_total AS co, utilidad_bruta AS u',
      ),
    ).toEqual([
      { c: 'A', l: 4, f: 3, n: 2, kg: 1, v: 3, vc: 1.5, co: 2, u: -0.5 },
      { c: 'B', l: 1, f: 1, n: 0, kg: 0.755, v: 1, vc: 1, co: 0.8, u: 0.2 },
      { c: 'C', l: 1, f: 1, n: 3, kg: 0, v: 6, vc: 0, co: null, u: null },
      { c: 'A', l: 1, f: 1, n: 4, kg: 0, v: 6, vc: 6, co: 4, u: 2 },
    ]);
  });

  it('By hour of Caracas it does the same', async () => {
    expect(
      await readHorarias(
        'lineas AS l, facturas AS f, unidades AS n, kilos AS kg, venta_total AS v, venta_con_costo AS vc, costo_total AS co, utilidad_bruta AS u',
      ),
    ).toEqual([
      { c: 12, l: 4, f: 2, n: 3, kg: 1.755, v: 5.5, vc: 4, co: 3.8, u: 0.2 },
      { c: 21, l: 2, f: 2, n: 2, kg: 0, v: 4.5, vc: -1.5, co: -1, u: -0.5 },
      { c: 23, l: 1, f: 1, n: 4, kg: 0, v: 6, vc: 6, co: 4, u: 2 },
    ]);
  });

  it.each([
    ['the price of a line', `UPDATE ventas SET venta_total = 9 WHERE numero_factura = 'F-2'`],
    [
      'a quantity and its unit',
      `UPDATE ventas SET unidad_medida_venta = 'KG', cantidad_vendida = 0.5 WHERE linea = 1`,
    ],
    [
      'a cost that becomes known',
      `UPDATE ventas SET costo_total = 1, utilidad_bruta = 0.5 WHERE numero_factura = 'F-2'`,
    ],
    ['a cost that is no longer known', `UPDATE ventas SET costo_total = NULL WHERE producto_id = 'B'`],
    [
      'the hour of an invoice',
      `UPDATE ventas SET fecha_venta = fecha_venta + interval '2 hours' WHERE ubicacion_id = 'tienda_01' AND numero_factura = 'F-1'`,
    ],
    [
      'the day of an invoice, within a month',
      `UPDATE ventas SET dia = dia + 1, fecha_venta = fecha_venta + interval '1 day' WHERE numero_factura = 'F-1'`,
    ],
    [
      'the month of an invoice',
      `UPDATE ventas SET dia = dia + 30, fecha_venta = fecha_venta + interval '30 days' WHERE numero_factura = 'F-1'`,
    ],
    [
      'the day of all lines, to one without a partition',
      `UPDATE ventas SET dia = '2001-01-01', fecha_venta = '2001-01-01 12:00 America/Caracas'`,
    ],
    [
      'the article of a line',
      `UPDATE ventas SET producto_id = 'D' WHERE numero_factura = 'F-1' AND linea = 3`,
    ],
    ['the store of an invoice', `UPDATE ventas SET ubicacion_id = 'tienda_03' WHERE numero_factura = 'F-2'`],
    [
      'two invoices that become one',
      `UPDATE ventas SET numero_factura = 'F-3', linea = 7 WHERE numero_factura = 'F-4'`,
    ],
    [
      'an invoice with the article twice, which loses one of its lines',
      `DELETE FROM ventas WHERE numero_factura = 'F-1' AND linea = 3`,
    ],
    ['the last line of an article', `DELETE FROM ventas WHERE producto_id = 'B'`],
    ['the last line of an hour', `DELETE FROM ventas WHERE ubicacion_id = 'tienda_02'`],
    ['all lines', 'DELETE FROM ventas'],
    [
      'a line that is there already',
      `${sell('F-1', 1, 'D')} ON CONFLICT (ubicacion_id, numero_factura, linea, dia) DO UPDATE SET venta_total = 8`,
    ],
    [
      'lines that are merged',
      `MERGE INTO ventas v USING (VALUES ('F-1'), ('F-2'), ('F-9')) AS n (numero) ON v.numero_factura = n.numero
       WHEN MATCHED AND numero = 'F-2' THEN DELETE WHEN MATCHED THEN UPDATE SET venta_total = 8
       WHEN NOT MATCHED THEN INSERT (ubicacion_id, numero_factura, linea, dia, fecha_venta, producto_id, cantidad_vendida, venta_total)
            VALUES ('tienda_01', numero, 1, '${DIA}', '${DIA} 08:10 America/Caracas', 'A', 1, 2)`,
    ],
    [
      'lines that go, change and come in one statement',
      `WITH fuera AS (DELETE FROM ventas WHERE numero_factura = 'F-2'), otra AS (UPDATE ventas SET venta_total = 8 WHERE numero_factura = 'F-1')
       ${sell('F-9', 1, 'A', '12:30')}`,
    ],
  ])('The sums follow a change of %s', async (_what, change) => {
    const before = await versions();

    await runOn(database.admin, change);

    await expectSummed();
    expect(await versions()).not.toEqual(before);
  });

  it('A change of something that is not summed writes no sum', async () => {
    const before = await versions();

    await database.query(`UPDATE ventas SET almacen_nombre = 'OTRO', venta_total = venta_total`);

    expect(await versions()).toEqual(before);
  });

  it('A change of one line writes no sum of other articles and hours', async () => {
    const others = `SELECT ctid::text, xmin::text FROM ventas_diarias WHERE producto_id <> 'B' UNION ALL SELECT ctid::text, xmin::text FROM ventas_horarias WHERE hora <> 12 ORDER BY 1, 2`;
    const before = await database.query(others);

    await database.query(`UPDATE ventas SET venta_total = 8 WHERE producto_id = 'B'`);

    expect(await database.query(others)).toEqual(before);
  });

  it('Emptied at once, the sums are empty too', async () => {
    await database.query('TRUNCATE ventas');

    expect(await versions()).toEqual([]);
  });
});

const oneOf = fc.constantFrom;
const UN_DIA = oneOf('2026-11-17', '2026-11-18', '2001-02-03');
const UNA_HORA = oneOf('07:59:59.9', '08:00', '08:30');
const UNA_FACTURA = oneOf('F-1', 'F-2', 'F-3');
const UN_PRODUCTO = oneOf('A', 'B');

/** Statements over few invoices, lines, articles, hours and days, so that they meet again and again. */
const statement = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.tuple(
          oneOf('tienda_01', 'tienda_02'),
          UNA_FACTURA,
          fc.integer({ min: 1, max: 3 }),
          UN_DIA,
          UNA_HORA,
          UN_PRODUCTO,
        ),
        fc.tuple(
          fc.integer({ min: -2, max: 3 }),
          oneOf('KG', 'UNIDAD', null),
          fc.integer({ min: -2, max: 9 }),
          oneOf(1, null),
        ),
      )
      .map(([line, sold]) => `${insert(line, sold)} ON CONFLICT DO NOTHING`),
  },
  fc
    .tuple(UNA_FACTURA, UN_PRODUCTO)
    .map(
      ([factura, producto]) =>
        `UPDATE ventas SET producto_id = '${producto}', venta_total = venta_total + 1 WHERE numero_factura = '${factura}'`,
    ),
  fc
    .tuple(UN_PRODUCTO, UN_DIA, UNA_HORA)
    .map(
      ([producto, dia, hora]) =>
        `UPDATE ventas SET dia = '${dia}', fecha_venta = '${dia} ${hora} America/Caracas' WHERE producto_id = '${producto}'`,
    ),
  fc
    .tuple(UNA_FACTURA, fc.integer({ min: 1, max: 3 }))
    .map(
      ([factura, numero]) => `DELETE FROM ventas WHERE numero_factura = '${factura}' AND linea = ${numero}`,
    ),
  fc.constant('SELECT crear_particiones()'),
);

it('The sums are those of the lines after every statement, whatever it changes', async () => {
  await fc.assert(
    propertyWithin(60_000, fc.array(statement, { minLength: 1, maxLength: 12 }), async (statements) => {
      await database.query('DELETE FROM ventas');
      for (const sql of statements) {
        await database.query(sql).catch((error: unknown) => {
          // Two lines that would come to lie on one key.
          expect(error).toMatchObject({ code: '23505' });
        });
        await expectSummed();
      }
    }),
    { numRuns: 60 },
  );
});

/** The turns of this database that writers hold or wait for. */
const TURNOS = `
  SELECT granted, objid FROM pg_locks
   WHERE classid = 7002032 AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe('two writers of one day of a store', () => {
  const begin = async (): Promise<Session> => {
    const session = await database.openSession();
    await session.query('BEGIN');
    return session;
  };

  it.each([
    ['commits', 'COMMIT', 2],
    ['gives up', 'ROLLBACK', 1],
  ])('The second waits until the first %s, and counts what it left', async (_what, end, lineas) => {
    const [first, second] = [await begin(), await begin()];
    await first.query(sell('F-1', 1, 'A'));

    const writing = second.query(sell('F-2', 1, 'A'));
    await Promise.race([writing, database.untilSomebodyWaits()]);
    await first.query(end);
    await writing;
    await second.query('COMMIT');

    await expectSummed();
    expect(await readDiarias('facturas')).toEqual([{ c: 'A', facturas: lineas }]);
  });

  it('A writer of another day or store does not wait', async () => {
    const [first, second] = [await begin(), await begin()];
    await first.query(sell('F-1', 1, 'A'));
    await second.query(sell('F-2', 1, 'A', '08:10', '2026-11-18'));
    await second.query(insert(['tienda_02', 'F-2', 1, DIA, '08:10', 'A']));

    await second.query('COMMIT');
    await first.query('COMMIT');
    await expectSummed();
  });

  it('Writers of many days take their turns in one order, so that none waits for the other', async () => {
    const holder = await begin();
    await holder.query(
      'SELECT pg_advisory_xact_lock(7002032, turno) FROM generate_series(512, 1023) AS turno',
    );
    const writer = await begin();

    const writing = writer.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, dia, fecha_venta, producto_id, cantidad_vendida, venta_total)
       SELECT 'tienda_01', 'F-' || n, 1, date '2026-11-01' - n, (date '2026-11-01' - n + time '08:10') AT TIME ZONE 'America/Caracas', 'A', 1, 2
         FROM generate_series(0, 1500) AS n`,
    );
    await Promise.race([writing, database.untilSomebodyWaits()]);
    const turnos = await database.query(
      `SELECT granted, count(*)::integer AS turnos, min(objid::bigint)::integer AS primero
         FROM (${TURNOS}) AS t WHERE objid::bigint < 512 OR NOT granted GROUP BY granted ORDER BY granted`,
    );
    await holder.query('ROLLBACK');
    await writing;
    const [{ todos } = {}] = await writer.query(`SELECT count(*)::integer AS todos FROM (${TURNOS}) AS t`);
    await writer.query('COMMIT');

    expect(turnos).toEqual([
      { granted: false, turnos: 1, primero: 512 },
      { granted: true, turnos: 512, primero: 0 },
    ]);
    expect(todos).toBe(1024);
    await expectSummed();
  });

  it('A transaction that could not see what the other left is refused', async () => {
    const session = await database.openSession();
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ');

    await expect(session.query(sell('F-1', 1, 'A'))).rejects.toMatchObject({ code: '25000' });
  });

  it('Two slices of a day that are loaded at the same time count each other', async () => {
    await resetTramos(database);
    const nine = (factura: string): ReturnType<typeof linea> =>
      linea(factura, 1, { fecha_venta: '2026-11-24T09:10:00-04:00' });
    await Promise.all([
      loadOnceFree(database, reading(facturas(200))),
      loadOnceFree(
        database,
        reading(
          facturas(200, 500).map(({ numero_factura }) => nine(numero_factura)),
          { tramo: LATER },
        ),
      ),
    ]);

    await expectSummed();
    expect(await readDiarias('facturas')).toEqual([{ c: '000001', facturas: 400 }]);
    expect(await readHorarias('facturas')).toEqual([
      { c: 8, facturas: 200 },
      { c: 9, facturas: 200 },
    ]);
  });

  it('A load that an invoice leads to the slice of a waiting writer gives way, and deadlocks nobody', async () => {
    await resetTramos(database);
    const answer = reading([linea('F-0001')], { extraccion: when('24 15:30') });
    await loadOnceFree(
      database,
      reading([linea('F-0001', 1, { fecha_venta: '2026-11-24T09:10:00-04:00' })], { tramo: LATER }),
    );
    const writer = await begin();
    await writer.query(`SELECT FROM ventas_tramos WHERE dia = '2026-11-24' AND desde = '09:00' FOR UPDATE`);

    const loading = load(database, answer);
    await database.untilSomebodyWaits();
    const writing = writer.query(
      insert(['tienda_a', 'F-0002', 1, '2026-11-24', '09:20', '000001'], [2, 'UNIDAD', 3, 2]),
    );
    const counts = await loading;
    await writing;
    await writer.query('ROLLBACK');

    expect(counts).toBeUndefined();
    await expect(loadOnceFree(database, answer)).resolves.toMatchObject({ cambiadas: 1 });
    expect(await readHorarias('facturas')).toEqual([{ c: 8, facturas: 1 }]);
  });
});

describe('the partitions', () => {
  it('Lines that leave the default partition for their month change no sum', async () => {
    await database.query(
      `${sell('F-1', 1, 'A', '08:10', '1999-05-05')}; ${sell('F-2', 1, 'A', '08:10', '1999-05-05')}`,
    );
    const before = await versions();

    await runOn(database.admin, 'SELECT crear_particiones()');

    expect(await database.query(`SELECT DISTINCT tableoid::regclass::text AS tabla FROM ventas`)).toEqual([
      { tabla: 'ventas_1999_05' },
    ]);
    expect(await versions()).toEqual(before);
    await expectSummed();
    await database.query('DELETE FROM ventas');
    expect(await versions()).toEqual([]);
  });

  it('Lines that somebody wrote into a partition by its name are counted when asked, and no other day', async () => {
    await database.query(
      `${sell('F-1', 1, 'A', '08:10', '2001-01-01')}; ${sell('F-1', 1, 'A', '08:10', '2001-01-03')}`,
    );
    const others = 'SELECT ctid::text, xmin::text FROM ventas_diarias WHERE dia <> $1';
    const before = await database.query(others, ['2001-01-01']);
    await database.query(
      `INSERT INTO ventas_default
       SELECT (jsonb_populate_record(NULL::ventas, to_jsonb(v) || '{"id": 1, "numero_factura": "F-2"}')).* FROM ventas v WHERE dia = '2001-01-01'`,
    );
    expect(await database.query(UNSUMMED)).toHaveLength(2);

    await runOn(database.admin, `SELECT sumar_ventas('2001-01-01', '2001-01-02')`);

    await expectSummed();
    expect(await database.query(others, ['2001-01-01'])).toEqual(before);
  });
});

it('Lines are looked up by article and day, even while nothing is known of their month', async () => {
  const session = await database.openSession();
  const sellMany = (factura: string, articulos: number): Promise<unknown> =>
    session.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, dia, fecha_venta, producto_id, cantidad_vendida, venta_total)
       SELECT 'tienda_01', '${factura}-' || n, 1, '${DIA}', '${DIA} 08:10 America/Caracas', n % ${articulos}, 1, 2 FROM generate_series(1, 3000) AS n
        WHERE n <= ${articulos} OR ${articulos} = 300`,
    );
  // As the pipeline has it.
  await session.query('SET enable_nestloop = off');
  await sellMany('F', 300);
  await session.query('BEGIN');
  const readSoFar = async (): Promise<number> => {
    const [row] = await session.query(
      `SELECT idx_tup_fetch::integer AS leidas FROM pg_stat_xact_user_tables WHERE relname = 'ventas_2026_11'`,
    );
    return Number(row?.['leidas']);
  };
  const before = await readSoFar();
  await sellMany('G', 30);
  const read = (await readSoFar()) - before;
  await session.query('COMMIT');

  // The 30 articles with their lines, and the lines of the day for its hour.
  expect(read).toBe(30 * 11 + 3_030);
  await expectSummed();
});

it.each(['ventas_diarias', 'ventas_horarias'])(
  "The pipeline's user has no right on %s: the database writes them",
  async (tabla) => {
    expect(
      await database.query(
        `SELECT derecho FROM unnest('{SELECT, INSERT, UPDATE, DELETE, TRUNCATE}'::text[]) AS derecho WHERE has_table_privilege('etl', $1, derecho)`,
        [tabla],
      ),
    ).toEqual([]);
  },
);
