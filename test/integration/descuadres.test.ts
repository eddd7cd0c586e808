import { beforeEach, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { clearTables, load, resetInventario } from '../support/inventory.ts';
import { at, snapshot } from '../support/snapshots.ts';

/*
 * Snapshots of APP-TPF by the clock in UTC; in Caracas it is four hours earlier, so that the interval from 10:00 to 10:30 lies in the slice
 * from 06:00 to 07:00.
 */

const database = await useDatabase();

beforeEach(async () => {
  await clearTables(database);
  await resetInventario(database);
});

const stock = (
  hora: string,
  cantidades: Readonly<Record<string, string>>,
  rechazados: readonly string[] = [],
): Promise<unknown> =>
  load(
    database.etl,
    snapshot(cantidades, {
      extraccion: at(hora),
      codigosRechazados: rechazados,
      retirarAusentes: rechazados.length === 0,
    }),
  );

let invoices = 0;

/** A line sold at this time of UTC, such as `10:15`. */
async function sell(
  hora: string,
  producto: string,
  cantidad: string,
  { almacen = 'APP-TPF', total = cantidad, tienda = 'tienda_01' } = {},
): Promise<void> {
  invoices += 1;
  await database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, almacen_codigo, cantidad_vendida, total_cantidad_por_unidad_medida, venta_total)
     VALUES ($1, $2, 1, $3::timestamptz, ($3::timestamptz AT TIME ZONE 'America/Caracas')::date, $4, $5, $6, $7, 1)`,
    [tienda, `F-${invoices}`, at(hora), producto, almacen, cantidad, total],
  );
}

/** The slices of the day of tienda_01: 00:00 to 06:00 and 07:00 to 24:00 read at the end of time, 06:00 to 07:00 as a test says. */
const read = (leido: string | null, rechazadas = 0): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, rechazadas)
     SELECT 'tienda_01', '2026-11-18', desde, hasta, CASE WHEN leido IS NULL THEN 'pendiente' ELSE 'provisional' END, (leido IS NOT NULL)::integer, leido, rechazadas
       FROM (VALUES ('00:00'::time, '06:00'::time, timestamptz '2026-11-30', 0), ('06:00', '07:00', $1::timestamptz, $2::integer), ('07:00', '24:00', '2026-11-30', 0)) AS t (desde, hasta, leido, rechazadas)`,
    [leido === null ? null : at(leido), rechazadas],
  );

/** `article before>after sold difference`, by the interval's end in UTC. */
const descuadres = async (): Promise<unknown[]> =>
  (
    await database.query(
      `SELECT to_char(hasta AT TIME ZONE 'UTC', 'HH24:MI') || ' ' || producto_id || ' ' || trim_scale(existencia_antes) || '>' || trim_scale(existencia_despues)
              || ' vendido ' || trim_scale(vendido) || ' diferencia ' || trim_scale(diferencia) AS fila
         FROM descuadres WHERE ubicacion_id = 'tienda_01' AND dia = '2026-11-18' ORDER BY 1`,
    )
  ).map(({ fila }) => fila);

const sinEvaluar = async (): Promise<unknown[]> =>
  (
    await database.query(
      `SELECT to_char(hasta AT TIME ZONE 'UTC', 'HH24:MI') || ' ' || coalesce(producto_id || ' ', '') || motivo AS fila
         FROM descuadres_sin_evaluar WHERE ubicacion_id = 'tienda_01' AND dia = '2026-11-18' ORDER BY 1`,
    )
  ).map(({ fila }) => fila);

describe('where sales and both snapshots are complete', () => {
  it('What was sold and left the stock is no discrepancy; arrivals and losses are what is left over', async () => {
    await stock('10:00', { '1': '10', '2': '5', '3': '7', '4': '2', '5': '9', '6': '0' });
    await sell('10:05', '1', '2');
    await sell('10:10', '3', '1');
    await sell('10:15', '4', '1');
    await stock('10:30', { '1': '8', '2': '9', '3': '4', '4': '2', '5': '9', '6': '0' });
    await read('10:31');

    expect(await descuadres()).toEqual([
      '10:30 2 5>9 vendido 0 diferencia 4',
      '10:30 3 7>4 vendido 1 diferencia -2',
      '10:30 4 2>2 vendido 1 diferencia 1',
    ]);
    expect(await sinEvaluar()).toEqual([]);
  });

  it('A sale at the moment of a snapshot belongs to the interval that it ends', async () => {
    await stock('10:00', { '1': '10' });
    await sell('10:00', '1', '3');
    await sell('10:30', '1', '1');
    await stock('10:30', { '1': '9' });
    await read('10:31');

    expect(await descuadres()).toEqual([]);
  });

  it('Sales add up over lines, returns included, and weigh in base units', async () => {
    await stock('10:00', { '1': '30' });
    await sell('10:05', '1', '2', { total: '24' });
    await sell('10:06', '1', '-1', { total: '-12' });
    await sell('10:07', '1', '0.5', { total: '0.5' });
    await stock('10:30', { '1': '17.5' });
    await read('10:31');

    expect(await descuadres()).toEqual([]);
  });

  it('What another warehouse or another store sold does not count', async () => {
    await stock('10:00', { '1': '10' });
    await sell('10:05', '1', '2', { almacen: 'APP-PPF' });
    await sell('10:05', '1', '2', { tienda: 'tienda_08' });
    await stock('10:30', { '1': '9' });
    await read('10:31');

    expect(await descuadres()).toEqual(['10:30 1 10>9 vendido 0 diferencia -1']);
  });

  it('Each interval is compared for itself, whatever changed before and after', async () => {
    await stock('10:00', { '1': '10', '2': '1' });
    await sell('10:10', '1', '1');
    await stock('10:30', { '1': '10', '2': '1' });
    await stock('11:00', { '1': '9', '2': '1' });
    await sell('11:10', '2', '1');
    await stock('11:30', { '1': '9', '2': '0' });
    await read('12:00');

    expect(await descuadres()).toEqual([
      '10:30 1 10>10 vendido 1 diferencia 1',
      '11:00 1 10>9 vendido 0 diferencia -1',
    ]);
  });

  it('A price that changes is no discrepancy', async () => {
    await stock('10:00', { '1': '10' });
    await load(
      database.etl,
      snapshot(
        {},
        {
          extraccion: at('10:30'),
          inventario: [{ producto_id: '1', cantidad: '10', precio_venta: '9', iva: '16' }],
        },
      ),
    );
    await read('10:31');

    expect(await descuadres()).toEqual([]);
  });

  it('An interval over midnight in Caracas needs the slices of both days', async () => {
    await stock('03:30', { '1': '10' });
    await sell('03:45', '1', '1');
    await sell('04:15', '1', '1');
    await stock('04:30', { '1': '7' });
    await read('10:31');
    expect(await sinEvaluar()).toEqual(['04:30 ventas_sin_leer']);

    await database.query(
      `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido) VALUES ('tienda_01', '2026-11-17', '00:00', '24:00', 'provisional', 1, '2026-11-30')`,
    );
    expect(await descuadres()).toEqual(['04:30 1 10>7 vendido 2 diferencia -1']);
  });
});

describe('where something is missing', () => {
  it.each([
    ['were never read', null, 0, 'ventas_sin_leer'],
    ['were read before the interval ended', '10:29', 0, 'ventas_sin_leer'],
    ['were read as it ended', '10:30', 0, 'ventas_sin_leer'],
    ['have a line that could not be read', '10:31', 1, 'ventas_rechazadas'],
  ])('The whole interval is left out when its sales %s', async (_what, leido, rechazadas, motivo) => {
    await stock('10:00', { '1': '10' });
    await stock('10:30', { '1': '5' });
    await read(leido, rechazadas);

    expect(await descuadres()).toEqual([]);
    expect(await sinEvaluar()).toEqual([`10:30 ${motivo}`]);
  });

  it('The whole interval is left out when the ledger does not know its day', async () => {
    await stock('10:00', { '1': '10' });
    await stock('10:30', { '1': '5' });

    expect(await descuadres()).toEqual([]);
    expect(await sinEvaluar()).toEqual(['10:30 ventas_sin_leer']);
  });

  it('An interval is left out when one of its slices was not read, and the next one is compared', async () => {
    await stock('09:30', { '1': '10' });
    await stock('10:30', { '1': '9' });
    await stock('11:30', { '1': '8' });
    await read('11:00');

    expect(await descuadres()).toEqual(['10:30 1 10>9 vendido 0 diferencia -1']);
    expect(await sinEvaluar()).toEqual(['11:30 ventas_sin_leer']);
  });

  it('An article whose row was rejected is left out until a snapshot has confirmed it at both ends', async () => {
    await stock('10:00', { '1': '10', '2': '5' });
    await stock('10:30', { '1': '9' }, ['2']);
    await sell('10:40', '2', '1');
    await stock('11:00', { '1': '9', '2': '3' });
    await stock('11:30', { '1': '9', '2': '2' });
    await read('12:00');

    expect(await descuadres()).toEqual([
      '10:30 1 10>9 vendido 0 diferencia -1',
      '11:30 2 3>2 vendido 0 diferencia -1',
    ]);
    expect(await sinEvaluar()).toEqual(['10:30 2 articulo_sin_confirmar', '11:00 2 articulo_sin_confirmar']);
  });

  it('An article that comes, goes or is sold without being in the inventory is left out', async () => {
    await stock('10:00', { '1': '10', '2': '5' });
    await sell('10:10', '2', '1');
    await sell('10:10', '9', '1');
    await stock('10:30', { '1': '10', '3': '5' });
    await read('10:31');

    expect(await descuadres()).toEqual([]);
    expect(await sinEvaluar()).toEqual([
      '10:30 2 articulo_sin_existencia',
      '10:30 3 articulo_sin_existencia',
      '10:30 9 articulo_sin_existencia',
    ]);
  });

  it('Nothing precedes the first snapshot of a warehouse', async () => {
    await sell('09:00', '1', '1');
    await stock('10:00', { '1': '10' });
    await read('10:31');

    expect(await descuadres()).toEqual([]);
    expect(await sinEvaluar()).toEqual([]);
  });
});
