import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { useDatabase } from '../support/database.ts';
import type { Row } from '../support/database.ts';
import { clearTables } from '../support/inventory.ts';
import { HOY, hace } from '../support/trade.ts';

const database = await useDatabase();

beforeEach(async () => {
  await clearTables(database, ['ventas', 'ventas_tramos', 'ubicaciones']);
  await database.query(
    `DELETE FROM ventas_recientes; DELETE FROM ventas_recientes_hasta;
     INSERT INTO ubicaciones (id, nombre) VALUES ('a', 'A'), ('b', 'B')`,
  );
});

let invoices = 0;

const INSERT = `
  INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total)
  VALUES ($1, $2, 1, ($3::date + time '10:00') AT TIME ZONE 'America/Caracas', $3::date, $4, $5::numeric, $6, 2 * $5::numeric)`;

const sale = (
  tienda: string,
  dias: number,
  codigo: string,
  cantidad: number,
  unidad = 'UNIDAD',
): unknown[] => [tienda, `F-${(invoices += 1)}`, hace(dias), codigo, cantidad, unidad];

/** A slice of today is read, which is what counts a store's rows anew after midnight. */
const READ = `
  INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido) VALUES ($1, $2, '00:00', '24:00', 'provisional', 1, now())
  ON CONFLICT (ubicacion_id, dia, desde) DO UPDATE SET leido = now()`;

const read = (tienda: string): Promise<Row[]> => database.query(READ, [tienda, HOY]);

/** What the articles of both stores sold, as the questions read it. */
const readSums = (): Promise<Row[]> =>
  database.query(
    `SELECT tienda, producto, unidades_7::float8, kilos_7::float8, unidades_28::float8, kilos_28::float8, venta_28::float8
       FROM consultas.ventas_recientes('{a,b}', NULL, $1)
      WHERE (unidades_7, kilos_7, unidades_28, kilos_28, venta_28) <> (0, 0, 0, 0, 0) ORDER BY tienda, producto`,
    [HOY],
  );

/** The same from the lines. */
const countLines = (): Promise<Row[]> =>
  database.query(
    `SELECT * FROM (
       SELECT ubicacion_id::text AS tienda, producto_id::text AS producto,
              coalesce(sum(cantidad_vendida) FILTER (WHERE NOT kilo AND dia >= $1::date - 7), 0)::float8 AS unidades_7,
              coalesce(sum(cantidad_vendida) FILTER (WHERE kilo AND dia >= $1::date - 7), 0)::float8 AS kilos_7,
              coalesce(sum(cantidad_vendida) FILTER (WHERE NOT kilo), 0)::float8 AS unidades_28,
              coalesce(sum(cantidad_vendida) FILTER (WHERE kilo), 0)::float8 AS kilos_28, sum(venta_total)::float8 AS venta_28
         FROM ventas, LATERAL (SELECT es_por_peso(unidad_medida_venta) AS kilo) AS k
        WHERE dia BETWEEN $1::date - 28 AND $1::date - 1
        GROUP BY ubicacion_id, producto_id) AS s
      WHERE (unidades_7, kilos_7, unidades_28, kilos_28, venta_28) <> (0, 0, 0, 0, 0) ORDER BY tienda, producto`,
    [HOY],
  );

/** Until when the rows of each store go. */
const until = async (): Promise<unknown> =>
  (await database.query(`SELECT ubicacion_id::text, hasta::text FROM ventas_recientes_hasta ORDER BY 1`)).map(
    ({ ubicacion_id, hasta }) => [ubicacion_id, hasta],
  );

describe('What articles sold in the last 28 days', () => {
  it('It is counted anew when the ledger of a store is first read after midnight', async () => {
    await database.query(INSERT, sale('a', 1, '1', 3));
    expect(await until()).toEqual([['a', '-infinity']]);
    expect(await readSums()).toMatchObject([{ tienda: 'a', unidades_28: 3 }]);

    await read('a');
    expect(await until()).toEqual([['a', hace(1)]]);
    expect(await readSums()).toMatchObject([{ tienda: 'a', unidades_28: 3 }]);
  });

  it('Rows of an earlier day are not used', async () => {
    await database.query(INSERT, sale('a', 29, '1', 3));
    await database.query(`SELECT avanzar_ventas_recientes('a', $1)`, [hace(2)]);
    await database.query(INSERT, sale('a', 1, '1', 2));

    expect(await readSums()).toMatchObject([{ unidades_28: 2 }]);
  });

  it('It equals the lines, whatever is written, changed, removed and read, in whatever order', async () => {
    const store = fc.constantFrom('a', 'b');
    const article = fc.constantFrom('1', '2', '3');
    const day = fc.constantFrom(0, 1, 2, 7, 8, 27, 28, 29, 40);
    const step = fc.oneof(
      fc.record({ what: fc.constant('read' as const), store }),
      fc.record({
        what: fc.constantFrom('insert' as const, 'change' as const, 'remove' as const),
        store,
        article,
        day,
        cantidad: fc.integer({ min: -3, max: 9 }),
        unidad: fc.constantFrom('UNIDAD', 'KG'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        await clearTables(database, ['ventas', 'ventas_tramos']);
        await database.query(`DELETE FROM ventas_recientes_hasta`);
        for (const it of steps) {
          switch (it.what) {
            case 'read':
              await read(it.store);
              break;
            case 'insert':
              await database.query(INSERT, sale(it.store, it.day, it.article, it.cantidad, it.unidad));
              break;
            case 'change':
              await database.query(
                `UPDATE ventas SET producto_id = $1, cantidad_vendida = $2, unidad_medida_venta = $3 WHERE ubicacion_id = $4 AND dia = $5`,
                [it.article, it.cantidad, it.unidad, it.store, hace(it.day)],
              );
              break;
            case 'remove':
              await database.query(`DELETE FROM ventas WHERE ubicacion_id = $1 AND producto_id = $2`, [
                it.store,
                it.article,
              ]);
              break;
          }
          expect(await readSums()).toEqual(await countLines());
        }
      }),
      { numRuns: 40 },
    );
  });

  it('Of named articles it says the same', async () => {
    await database.query(INSERT, sale('a', 1, '1', 3));
    await database.query(INSERT, sale('a', 1, '2', 4));
    const ask = (): Promise<Row[]> =>
      database.query(
        `SELECT producto, unidades_28::float8 FROM consultas.ventas_recientes('{a,b}', '{2,9}', $1)`,
        [HOY],
      );

    expect(await ask()).toEqual([{ producto: '2', unidades_28: 4 }]);
    await read('a');
    expect(await ask()).toEqual([{ producto: '2', unidades_28: 4 }]);
  });

  it('Lines that are written while a store is counted anew wait, and are added', async () => {
    await database.query(INSERT, sale('a', 1, '1', 3));
    const reader = await database.openSession();
    const writer = await database.openSession();
    await reader.query('BEGIN');
    await reader.query(READ, ['a', HOY]);
    const written = writer.query(INSERT, sale('a', 1, '1', 4));
    await database.untilSomebodyWaits();
    await reader.query('COMMIT');
    await written;

    expect(await readSums()).toMatchObject([{ unidades_28: 7 }]);
    expect(await readSums()).toEqual(await countLines());
  });

  it('A store is not counted anew while its lines are written, but by the next reading', async () => {
    await database.query(INSERT, sale('a', 1, '1', 3));
    const writer = await database.openSession();
    await writer.query('BEGIN');
    await writer.query(INSERT, sale('a', 1, '1', 4));
    await read('a');
    expect(await until()).toEqual([['a', '-infinity']]);
    await writer.query('COMMIT');
    await read('a');

    expect(await until()).toEqual([['a', hace(1)]]);
    expect(await readSums()).toEqual(await countLines());
  });

  it('Nothing is left of sales that are emptied', async () => {
    await database.query(INSERT, sale('a', 1, '1', 3));
    await read('a');
    await database.query('TRUNCATE ventas');

    expect(await readSums()).toEqual([]);
    await read('a');
    expect(await readSums()).toEqual([]);
  });
});
