import { beforeEach, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { clearTables } from '../support/inventory.ts';

const database = await useDatabase();

/** Rows as JSON, in which numbers are numbers and days are texts. */
const ask = async (columns: string, rest: string): Promise<unknown[]> =>
  (await database.query(`SELECT to_jsonb(q) AS fila FROM (SELECT ${columns} FROM ${rest}) AS q`)).map(
    ({ fila }) => fila,
  );

beforeEach(async () => {
  await clearTables(database);
  await database.query(
    `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'UNA'), ('tienda_02', 'OTRA'), ('tienda_03', 'NUEVA')`,
  );
});

describe('a day of sales', () => {
  /** Two stores that use the same invoice number; kilos, a gift and a return; an invoice at the end of the day in UTC. */
  beforeEach(() =>
    database.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
       SELECT tienda, factura, linea, ('2026-11-17 ' || hora || ' America/Caracas')::timestamptz, '2026-11-17', producto, cantidad, unidad, venta, costo, venta - costo
         FROM (VALUES ('tienda_01', 'F-1', 1, '12:19:56.896', 'A', 2, 'UNIDAD', 3, 2),
                      ('tienda_01', 'F-1', 2, '12:19:56.896', 'B', 0.755, 'KG', 1, 0.8),
                      ('tienda_01', 'F-1', 3, '12:19:56.896', 'A', 1, 'UNIDAD', 0, 1),
                      ('tienda_01', 'F-2', 1, '12:59:59.999', 'A', 1, 'UNIDAD', 1.5, 1),
                      ('tienda_01', 'F-3', 1, '21:00:00', 'A', -1, 'UNIDAD', -1.5, -1),
                      ('tienda_02', 'F-1', 1, '12:20:00', 'A', 4, NULL, 6, 4)) AS v (tienda, factura, linea, hora, producto, cantidad, unidad, venta, costo)`,
    ),
  );

  it('Its margin is the profit over what was sold, and unknown where nothing was', async () => {
    expect(
      await ask(
        'numero_factura AS f, linea AS l, margen_bruto_pct AS m',
        `ventas_con_margen WHERE ubicacion_id = 'tienda_01' ORDER BY 1, 2`,
      ),
    ).toEqual([
      { f: 'F-1', l: 1, m: 33.33 },
      { f: 'F-1', l: 2, m: 20 },
      { f: 'F-1', l: 3, m: null },
      { f: 'F-2', l: 1, m: 33.33 },
      { f: 'F-3', l: 1, m: 33.33 },
    ]);
  });

  it('Hour by hour it counts invoices, not lines, and adds units and kilos apart', async () => {
    expect(
      await ask(
        'hora, lineas, facturas, unidades, kilos, venta_total, costo_total, utilidad_bruta',
        `ventas_por_hora WHERE ubicacion_id = 'tienda_01' ORDER BY hora`,
      ),
    ).toEqual([
      {
        hora: 12,
        lineas: 4,
        facturas: 2,
        unidades: 4,
        kilos: 0.755,
        venta_total: 5.5,
        costo_total: 4.8,
        utilidad_bruta: 0.7,
      },
      {
        hora: 21,
        lineas: 1,
        facturas: 1,
        unidades: -1,
        kilos: 0,
        venta_total: -1.5,
        costo_total: -1,
        utilidad_bruta: -0.5,
      },
    ]);
  });

  it('It lists only days that are in the ledger, for each store', async () => {
    const articulos = (): Promise<unknown[]> =>
      ask(
        'ubicacion_id AS u, dia, producto_id AS p, lineas AS l, facturas AS f, unidades AS n, kilos AS kg, venta_total AS v',
        'ventas_por_articulo ORDER BY 1, 3',
      );
    expect(await articulos()).toEqual([]);

    await database.query(
      `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta)
       SELECT t, '2026-11-17', d, h FROM unnest('{tienda_01, tienda_02, tienda_03}'::text[]) AS t, (VALUES ('00:00'::time, '12:00'::time), ('12:00', '24:00')) AS h (d, h)`,
    );

    expect(await articulos()).toEqual([
      { u: 'tienda_01', dia: '2026-11-17', p: 'A', l: 4, f: 3, n: 3, kg: 0, v: 3 },
      { u: 'tienda_01', dia: '2026-11-17', p: 'B', l: 1, f: 1, n: 0, kg: 0.755, v: 1 },
      { u: 'tienda_02', dia: '2026-11-17', p: 'A', l: 1, f: 1, n: 4, kg: 0, v: 6 },
    ]);
  });
});

describe('the coverage of a day', () => {
  const HOY = `(now() AT TIME ZONE 'America/Caracas')::date`;
  const AT = { pendiente: 'NULL', provisional: 'now()', cerrado: 'now()', fallido: 'now()' } as const;

  /** Two slices of a day so many days ago, in these states, each with a line of 2 USD where it was read. */
  const note = (daysAgo: number, ...estados: readonly (keyof typeof AT)[]): Promise<unknown> =>
    database.query(
      `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, lineas, facturas, venta_total, unidades, kilos,
                                  error_codigo, error_mensaje, error_momento, cerrado)
       VALUES ${estados
         .map((estado, index) => {
           const read = AT[estado] === 'NULL' ? 'NULL, 0, 0, 0, 0, 0' : `${AT[estado]}, 2, 1, 2, 1.5, 0.5`;
           const error = estado === 'fallido' ? `'KLK_TIEMPO', 'no contestó', now()` : 'NULL, NULL, NULL';
           return `('tienda_01', ${HOY} - ${daysAgo}, make_time(${index}, 0, 0), ${index === estados.length - 1 ? `'24:00'` : `make_time(${index + 1}, 0, 0)`},
                    '${estado}', ${AT[estado] === 'NULL' ? 0 : 2}, ${read}, ${error}, ${estado === 'cerrado' ? 'now()' : 'NULL'})`;
         })
         .join(', ')}`,
    );

  const cobertura = (): Promise<unknown[]> =>
    ask(`${HOY} - dia AS hace, estado`, `cobertura_ventas WHERE ubicacion_id = 'tienda_01' ORDER BY 1`);

  it.each([
    ['completo', ['cerrado', 'cerrado']],
    ['provisional', ['cerrado', 'provisional']],
    ['falta', ['cerrado', 'provisional', 'pendiente']],
    ['falta', ['pendiente']],
    ['fallido', ['cerrado', 'fallido', 'pendiente']],
  ] as const)('It is %s when the slices of a past day are %j', async (estado, estados) => {
    await note(1, ...estados);
    await note(0, 'pendiente');

    expect(await cobertura()).toEqual([
      { hace: 0, estado: 'provisional' },
      { hace: 1, estado },
    ]);
  });

  it('A slice that has not ended yet does not make the day incomplete', async () => {
    await note(0, 'pendiente');

    expect(await cobertura()).toEqual([{ hace: 0, estado: 'provisional' }]);
  });

  it('A day that is over is missing while one of its slices was last read before it ended', async () => {
    await note(1, 'cerrado', 'provisional');
    await database.query(
      `UPDATE ventas_tramos SET leido = (dia + time '23:45') AT TIME ZONE 'America/Caracas' WHERE hasta = '24:00'`,
    );

    expect(await cobertura()).toEqual([
      { hace: 0, estado: 'falta' },
      { hace: 1, estado: 'falta' },
    ]);
  });

  it('Nothing is expected of a store that is not active', async () => {
    await note(1, 'cerrado');
    await database.query(`UPDATE ubicaciones SET activo = false WHERE id = 'tienda_01'`);

    expect(await cobertura()).toEqual([]);
    await database.query(`UPDATE ubicaciones SET activo = true WHERE id = 'tienda_01'`);
  });

  it('A day that the ledger lacks is missing, from the first day of the store to today', async () => {
    await note(3, 'cerrado');
    await note(1, 'provisional');

    expect(await cobertura()).toEqual([
      { hace: 0, estado: 'falta' },
      { hace: 1, estado: 'provisional' },
      { hace: 2, estado: 'falta' },
      { hace: 3, estado: 'completo' },
    ]);
    expect(await ask('dia', `cobertura_ventas WHERE ubicacion_id = 'tienda_03'`)).toEqual([]);
  });

  it('It counts the slices by state', async () => {
    await note(1, 'cerrado', 'cerrado', 'provisional', 'fallido', 'pendiente');

    expect(
      await ask(
        'tramos, tramos_pendientes, tramos_provisionales, tramos_cerrados, tramos_fallidos, leido IS NOT NULL AS leido',
        `cobertura_ventas WHERE dia = ${HOY} - 1`,
      ),
    ).toEqual([
      {
        tramos: 5,
        tramos_pendientes: 1,
        tramos_provisionales: 1,
        tramos_cerrados: 2,
        tramos_fallidos: 1,
        leido: true,
      },
    ]);
  });

  it('What a day sold is what its slices add up to, without reading a line', async () => {
    await note(1, 'cerrado', 'fallido', 'pendiente');

    expect(
      await ask(
        'estado, lineas, facturas, unidades, kilos, venta_total',
        `ventas_por_dia WHERE dia = ${HOY} - 1`,
      ),
    ).toEqual([{ estado: 'fallido', lineas: 4, facturas: 2, unidades: 3, kilos: 1, venta_total: 4 }]);
  });
});

it.each([
  'ventas_con_margen',
  'ventas_por_hora',
  'ventas_por_dia',
  'ventas_por_articulo',
  'cobertura_ventas',
  'descuadres',
  'descuadres_intervalos',
  'descuadres_sin_evaluar',
])('Nothing is written through %s', async (vista) => {
  const [{ escribible } = {}] = await database.query(
    `SELECT pg_relation_is_updatable($1::regclass, true) AS escribible`,
    [vista],
  );

  expect(escribible).toBe(0);
});
