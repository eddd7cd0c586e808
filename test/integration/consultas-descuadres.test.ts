import { beforeAll, describe, expect, it } from '@jest/globals';
import { readDescuadres } from '../../lambdas/consultas/queries/read-descuadres.ts';
import type { Descuadre } from '../../lambdas/consultas/queries/read-descuadres.ts';
import { gerenteDe, useConsultas } from '../support/consultas.ts';
import { load, resetInventario, withPipelineDatabase } from '../support/inventory.ts';
import { BOSQUE, at, existencia, snapshot } from '../support/snapshots.ts';

const { database, reader, get } = await useConsultas();

const DIA = '2026-11-18';
const EN_EL_DIA = `desde=${DIA}&hasta=${DIA}`;

/** A line sold in APP-TPF at this time of UTC, such as `10:15`. */
const sell = (
  hora: string,
  factura: string,
  producto: string,
  cantidad: number,
  unidad = 'UNIDAD',
): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, almacen_codigo, cantidad_vendida, unidad_medida_venta, total_cantidad_por_unidad_medida, venta_total)
     VALUES ('tienda_01', $1, 1, $2, ($2::timestamptz AT TIME ZONE 'America/Caracas')::date, $3, 'APP-TPF', $4, $5, $4, 1)`,
    [factura, at(hora), producto, cantidad, unidad],
  );

/** The day of a store was read whole, long after it. */
const readDay = (tienda: string): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido) VALUES ($1, $2, '00:00', '24:00', 'provisional', 1, $2::date + 3)`,
    [tienda, DIA],
  );

/*
 * Stocks of APP-TPF by the clock in UTC; a unit is worth 4.939655 USD, but 000006 has no price. What is sold of it and what is left over of each:
 *   000001  10 >  8 (2 sold: nothing) >  9 (none: 1)            10 >  9, 2 sold:  1 arrived,  4.94 USD
 *   000002   5 >  5                   >  1 (none: -4)            5 >  1, 0 sold:  4 are lost, 19.76 USD
 *   000003   7 >  6 (1 sold: nothing) >  6                       nothing
 *   000004   4 >  3 (none: -1)        >  3 (1 sold: 1)           cancels out
 *   000005   1 > -1 (2 sold: nothing) > -1                       below zero since 10:30
 *   000006   2 >  2                   >  3 (none: 1)             2 >  3, 0 sold:  1 arrived, no price
 *   000007   9 >  7 (none: -2)        >  5 (1 sold: -1)          9 >  5, 1 sold:  3 are lost, 14.82 USD
 * APP-TBQ of the other store was not read: its interval cannot be compared.
 */
beforeAll(async () => {
  await resetInventario(database);
  const stocks = (hora: string, cantidades: Readonly<Record<string, string>>): Promise<unknown> =>
    load(
      database.etl,
      snapshot(cantidades, {
        extraccion: at(hora),
        inventario: Object.entries(cantidades).map(([codigo, cantidad]) =>
          existencia(codigo, cantidad, codigo === '000006' ? { precio_venta: null } : {}),
        ),
      }),
    );
  await stocks('10:00', {
    '000001': '10',
    '000002': '5',
    '000003': '7',
    '000004': '4',
    '000005': '1',
    '000006': '2',
    '000007': '9',
  });
  await sell('10:05', 'F-1', '000001', 2);
  await sell('10:06', 'F-2', '000003', 1);
  await sell('10:10', 'F-3', '000005', 1.5, 'KG');
  await sell('10:20', 'F-4', '000005', 0.5, 'KG');
  await stocks('10:30', {
    '000001': '8',
    '000002': '5',
    '000003': '6',
    '000004': '3',
    '000005': '-1',
    '000006': '2',
    '000007': '7',
  });
  await sell('10:40', 'F-5', '000004', 1);
  await sell('10:45', 'F-6', '000007', 1);
  await stocks('11:00', {
    '000001': '9',
    '000002': '1',
    '000003': '6',
    '000004': '3',
    '000005': '-1',
    '000006': '3',
    '000007': '5',
  });
  // So that units stay the same when the sales are older than 28 days.
  await database.query(
    `UPDATE productos SET grupo_articulo = CASE WHEN id IN ('000005', '000006') THEN 'POR PESO' END`,
  );
  await readDay('tienda_01');
  for (const hora of ['10:00', '10:30']) {
    await load(
      database.etl,
      snapshot({ '000001': '5' }, { ubicacionId: BOSQUE.id, almacen: 'APP-TBQ', extraccion: at(hora) }),
    );
  }
});

describe('The differences of a day', () => {
  it('They are summed by article, those of the highest value first and those without a price last', async () => {
    const { status, json } = await get(`/descuadres?tienda=tienda_01&${EN_EL_DIA}`);

    expect(status).toBe(200);
    const row = (
      codigo: string,
      antes: number,
      despues: number,
      vendido: number,
      diferencia: number,
      usd: number | null,
    ): unknown =>
      expect.objectContaining({
        tienda: { id: 'tienda_01', nombre: 'PERIFERICO' },
        almacen: 'APP-TPF',
        articulo: { codigo, nombre: `PRODUCTO ${codigo}`, categoria: 'FRUVER', marca: 'DRAGOS' },
        antes,
        despues,
        vendido,
        diferencia,
        usd,
      });
    expect(json).toMatchObject({
      periodo: { desde: DIA, hasta: DIA },
      intervalos: { comparados: 2, sinComparar: 0 },
      filas: [
        row('000002', 5, 1, 0, -4, -19.76),
        row('000007', 9, 5, 1, -3, -14.82),
        row('000001', 10, 9, 2, 1, 4.94),
        row('000006', 2, 3, 0, 1, null),
      ],
      siguiente: null,
    });
  });

  it('Negative stock has the moment since when it is negative, and the last line sold until then', async () => {
    expect((await get('/descuadres')).json).toMatchObject({
      filas: [],
      negativas: [
        {
          tienda: { id: 'tienda_01' },
          almacen: 'APP-TPF',
          articulo: { codigo: '000005' },
          cantidad: -1,
          desde: '2026-11-18T06:30:00-04:00',
          factura: { numero: 'F-4', momento: '2026-11-18T06:20:00-04:00', cantidad: 0.5 },
        },
      ],
    });
  });

  it('Each row says in what its article is counted', async () => {
    expect((await get(`/descuadres?tienda=tienda_01&${EN_EL_DIA}`)).json).toMatchObject({
      filas: [{ unidad: 'und' }, { unidad: 'und' }, { unidad: 'und' }, { unidad: 'kg' }],
      negativas: [{ unidad: 'kg' }],
    });
  });

  it('Negative stock of a closed warehouse is left out', async () => {
    await database.query(`UPDATE almacenes SET activo = false WHERE codigo = 'APP-TPF'`);
    try {
      expect((await get('/descuadres')).json).toMatchObject({ negativas: [] });
    } finally {
      await database.query(`UPDATE almacenes SET activo = true WHERE codigo = 'APP-TPF'`);
    }
  });

  it('A warehouse whose sales were not read is counted as not compared', async () => {
    expect((await get(`/descuadres?tienda=tienda_08&${EN_EL_DIA}`)).json).toMatchObject({
      cobertura: { completa: false },
      intervalos: { comparados: 0, sinComparar: 1 },
      filas: [],
      negativas: [],
    });
  });

  it('A distribution centre is not compared: what it sends to the stores is no sale', async () => {
    await database.query(`UPDATE ubicaciones SET tipo = 'cedi' WHERE id = 'tienda_08'`);
    try {
      expect((await get(`/descuadres?${EN_EL_DIA}`)).json).toMatchObject({
        intervalos: { comparados: 2, sinComparar: 0 },
      });
    } finally {
      await database.query(`UPDATE ubicaciones SET tipo = 'tienda' WHERE id = 'tienda_08'`);
    }
  });

  it('Rows of a store are incomplete when one of its intervals could not be compared', async () => {
    const ask = async (): Promise<unknown> => (await get(`/descuadres?tienda=tienda_01&${EN_EL_DIA}`)).json;
    expect(await ask()).toMatchObject({
      intervalos: { comparados: 2, sinComparar: 0 },
      filas: Array.from({ length: 4 }, () => ({ incompleto: false })),
    });
    // Nobody has read the second half hour between two stocks.
    await database.query(
      `UPDATE ventas_tramos SET hasta = '06:30' WHERE ubicacion_id = 'tienda_01';
       INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta) VALUES ('tienda_01', '${DIA}', '06:30', '24:00')`,
    );
    try {
      expect(await ask()).toMatchObject({
        intervalos: { comparados: 1, sinComparar: 1 },
        filas: expect.arrayContaining([expect.objectContaining({ incompleto: true })]),
      });
    } finally {
      await database.query(
        `DELETE FROM ventas_tramos WHERE ubicacion_id = 'tienda_01' AND desde > '00:00'; UPDATE ventas_tramos SET hasta = '24:00' WHERE ubicacion_id = 'tienda_01'`,
      );
    }
  });

  it('A manager gets the stores of the claim and no other', async () => {
    expect((await get(`/descuadres?${EN_EL_DIA}`, { claims: gerenteDe('tienda_08') })).json).toMatchObject({
      filas: [],
      negativas: [],
    });
    for (const formato of ['', '&formato=csv']) {
      const { status } = await get(`/descuadres?tienda=tienda_01${formato}`, {
        claims: gerenteDe('tienda_08'),
      });
      expect(status).toBe(403);
    }
  });

  it('The CSV has every row of the answer', async () => {
    const { text } = await get(`/descuadres?${EN_EL_DIA}&formato=csv`);

    expect(text.trimEnd().split('\r\n').slice(1)).toEqual([
      'PERIFERICO;APP-TPF;000002;PRODUCTO 000002;FRUVER;DRAGOS;und;5;1;0;-4;-19,76;no',
      'PERIFERICO;APP-TPF;000007;PRODUCTO 000007;FRUVER;DRAGOS;und;9;5;1;-3;-14,82;no',
      'PERIFERICO;APP-TPF;000001;PRODUCTO 000001;FRUVER;DRAGOS;und;10;9;2;1;4,94;no',
      'PERIFERICO;APP-TPF;000006;PRODUCTO 000006;FRUVER;DRAGOS;kg;2;3;0;1;;no',
    ]);
  });

  it('Fewer days can be asked for with many stores, but always one', async () => {
    await database.query(
      `INSERT INTO ubicaciones (id, nombre) SELECT 'otra_' || n, 'OTRA ' || n FROM generate_series(1, 20) AS n`,
    );
    const dos = `desde=2026-11-17&hasta=${DIA}`;
    expect(await get(`/descuadres?${dos}`)).toMatchObject({
      status: 400,
      json: { errores: [{ campo: 'desde', mensaje: 'pida como mucho un día' }] },
    });
    expect((await get(`/descuadres?${dos}&tienda=tienda_01`)).status).toBe(200);
    expect((await get(`/descuadres?${EN_EL_DIA}`)).status).toBe(200);
    await database.query(`DELETE FROM ubicaciones WHERE id LIKE 'otra%'`);
  });

  it.each([1, 2, 3])('Pages of %i rows have every row once, in order', async (limit) => {
    await withPipelineDatabase(reader, async (connection) => {
      const page = (after: Descuadre | undefined): Promise<readonly Descuadre[]> =>
        connection.use((client) =>
          readDescuadres(client, {
            tiendas: ['tienda_01'],
            desde: DIA,
            hasta: DIA,
            after: after && { ...after, codigo: after.articulo.codigo },
            limit,
          }),
        );
      const paged: Descuadre[] = [];
      for (let next = await page(undefined); next.length > 0; next = await page(paged.at(-1)))
        paged.push(...next);
      expect(paged.map(({ articulo }) => articulo.codigo)).toEqual(['000002', '000007', '000001', '000006']);
    });
  });

  it.each([
    ['desde=2026-11-10&hasta=2026-11-18', 'desde'],
    ['desde=2026-11-31', 'desde'],
    ['hasta=2999-01-01', 'hasta'],
    ['tienda=tienda_99', 'tienda'],
    ['cursor=nada', 'cursor'],
    ['nivel=tienda', 'nivel'],
  ])('%s is refused with the name of the parameter', async (query, campo) => {
    const { status, json } = await get(`/descuadres?${query}`);

    expect(status).toBe(400);
    expect(json).toMatchObject({ errores: expect.arrayContaining([expect.objectContaining({ campo })]) });
  });
});
