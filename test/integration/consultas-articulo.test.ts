import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { gerenteDe, useConsultas } from '../support/consultas.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { AskOptions } from '../support/consultas.ts';
import { BOSQUE, PERIFERICO } from '../support/snapshots.ts';
import { HOY, hace, iso, moment, startTrade } from '../support/trade.ts';
import type { Trade } from '../support/trade.ts';

const { database, get } = await useConsultas();
let trade: Trade;

/** By name before every store. */
const CEDI: Tienda = {
  id: 'cedi_caracas',
  nombre: 'ACOPIO',
  tipo: 'cedi',
  activa: true,
  almacenes: [{ codigo: 'PCDICS', nombre: 'PRINCIPAL' }],
  sucursalKlk: 'SUC0099',
};

/*
 * Article 000001 in PERIFERICO (APP-TPF) and in BOSQUE; `d-3` is three days ago.
 *
 * snapshot of APP-TPF   stock  price  sold since the one before   moved
 * d-4 08:00             10     2
 * d-3 08:00             7      2      2 on d-4 10:00              7 - 10 + 2 = -1 is missing
 * d-3 20:00             27     2      1 on d-3 10:00              27 - 7 + 1 = 21 arrived
 * d-2 08:00             27     2.5    0.5 on d-3 21:00            27 - 27 + 0.5 = 0.5 arrived
 * d-2 20:00             gone
 * d-1 08:00             25     2.5                                not known: it was gone
 * d-1 20:00             25     2.5    the sales of d-1 were not read
 *
 * By day of the end of the interval: d-3 -1 + 21 = 20, d-2 0.5. Days d-30 to d-2 are closed, d-1 was never read.
 */
beforeAll(async () => {
  trade = await startTrade(database, [PERIFERICO, BOSQUE, CEDI]);
  trade.describe('000001', { nombre: 'ARROZ', codigo_barras: '759', categoria: 'VIVERES', marca: 'MARY' });
  trade.describe('000002', { grupo_articulo: 'GRANOS' });
  trade.describe('000005', { grupo_articulo: 'POR PESO' });
  await trade.stock('APP-TPF', 4, '08:00', { '000001': 10, '000002': 4, '000003': 1 });
  await trade.stock('APP-TBQ', 4, '09:00', { '000001': 0, '000004': 2 });
  await trade.stock('PCDICS', 4, '09:00', { '000002': 50, '000005': 60 });
  await trade.stock('APP-TPF', 3, '08:00', { '000001': 7 });
  await trade.stock('APP-TPF', 3, '20:00', { '000001': 27 });
  await trade.stock('APP-TPF', 2, '08:00', { '000001': { cantidad: 27, precio: 2.5 } });
  await trade.stock('APP-TPF', 2, '20:00', { '000001': null });
  await trade.stock('APP-TPF', 1, '08:00', { '000001': { cantidad: 25, precio: 2.5 } });
  await trade.stock('APP-TPF', 1, '20:00', {});
  await trade.sell(
    { dias: 4, codigo: '000001', cantidad: 2, usd: 4 },
    { dias: 3, codigo: '000001', cantidad: 1, usd: 2 },
    { dias: 3, codigo: '000001', cantidad: 0.5, usd: 1, unidad: 'KG', hora: '21:00' },
    { dias: 20, codigo: '000001', cantidad: 26, usd: 52 },
    { dias: 5, codigo: '000001', cantidad: 7, tienda: 'tienda_08', almacen: 'APP-TBQ' },
  );
  await trade.close('tienda_01', 30, 2);
});

const Answer = z.looseObject({
  ventas: z.array(z.looseObject({ dia: z.string() })),
  tiendas: z.array(z.unknown()),
});

describe('/articulos/{codigo}', () => {
  it('It shows the steps, prices, arrivals and shrinkage of one article', async () => {
    const { json } = await get(`/articulos/000001?tienda=tienda_01&desde=${hace(5)}&hasta=${HOY}`);

    expect(json).toMatchObject({
      articulo: {
        codigo: '000001',
        nombre: 'ARROZ',
        categoria: 'VIVERES',
        marca: 'MARY',
        codigoBarras: '759',
        presentacion: null,
      },
      tienda: { id: 'tienda_01', nombre: 'PERIFERICO' },
      periodo: { desde: hace(5), hasta: HOY },
      cobertura: { completa: false },
      existencias: [
        {
          almacen: 'APP-TPF',
          pasos: [
            [iso(4, '08:00'), 10],
            [iso(3, '08:00'), 7],
            [iso(3, '20:00'), 27],
            [iso(2, '20:00'), null],
            [iso(1, '08:00'), 25],
          ],
        },
      ],
      precios: [{ fecha: iso(2, '08:00'), almacen: 'APP-TPF', anterior: 2, nuevo: 2.5 }],
      movimientos: [
        { almacen: 'APP-TPF', desde: iso(4, '08:00'), hasta: iso(3, '20:00'), diferencia: 20 },
        { almacen: 'APP-TPF', desde: iso(3, '20:00'), hasta: iso(2, '08:00'), diferencia: 0.5 },
      ],
    });
  });

  it('It shows no step after the days asked for', async () => {
    const { json } = await get(`/articulos/000001?tienda=tienda_01&desde=${hace(5)}&hasta=${hace(4)}`);

    expect(json).toMatchObject({ existencias: [{ almacen: 'APP-TPF', pasos: [[iso(4, '08:00'), 10]] }] });
  });

  it('It shows what was sold on each day, and the state of the day', async () => {
    const { json } = await get(`/articulos/000001?tienda=tienda_01&desde=${hace(4)}&hasta=${HOY}`);

    expect(json).toMatchObject({
      ventas: [
        { dia: hace(4), unidades: 2, kilos: 0, ventaUsd: 4, facturas: 1, estado: 'completo' },
        { dia: hace(3), unidades: 1, kilos: 0.5, ventaUsd: 3, facturas: 2, estado: 'completo' },
        { dia: hace(2), unidades: 0, kilos: 0, ventaUsd: 0, facturas: 0, estado: 'completo' },
        { dia: hace(1), unidades: 0, estado: 'falta' },
        { dia: HOY, unidades: 0 },
      ],
    });
  });

  it('Without days it shows the last 28, and of the stores the first by name that has it', async () => {
    const { json } = await get('/articulos/000001');

    expect(Answer.parse(json).ventas).toHaveLength(28);
    expect(json).toMatchObject({ tienda: { id: 'tienda_08' }, periodo: { desde: hace(27), hasta: HOY } });
    expect((await get('/articulos/000002')).json).toMatchObject({ tienda: { id: 'tienda_01' } });
  });

  it('A distribution centre is shown where no store has the article', async () => {
    const shown = async (codigo: string): Promise<unknown> =>
      z.looseObject({ tienda: z.object({ id: z.string() }) }).parse((await get(`/articulos/${codigo}`)).json)
        .tienda.id;

    expect(await shown('000002')).toBe('tienda_01');
    expect(await shown('000005')).toBe('cedi_caracas');
  });

  it.each([
    ['both by the unit and by the kilo', '000001', undefined, 'mixto'],
    ['by the unit in the stores of a manager', '000001', gerenteDe('tienda_08'), 'und'],
    ['nowhere, and its group goes by weight', '000005', undefined, 'kg'],
    ['nowhere, and its group does not say', '000002', undefined, 'und'],
  ])('It is counted as it was sold: %s', async (_, codigo, claims, unidad) => {
    const { json } = await get(`/articulos/${codigo}`, claims === undefined ? {} : { claims });

    expect(json).toMatchObject({ articulo: { unidad } });
  });

  it('A distribution centre has no days of sales, and none that is missing', async () => {
    expect((await get('/articulos/000005')).json).toMatchObject({
      tienda: { id: 'cedi_caracas' },
      cobertura: { completa: true, huecos: [] },
      ventas: [],
    });
  });

  const EN_BOSQUE = {
    tienda: { id: 'tienda_08', nombre: 'BOSQUE' },
    almacen: 'APP-TBQ',
    cantidad: 0,
    desde: iso(4, '09:00'),
    // It came into the inventory without any.
    sinExistencia: { desde: iso(4, '09:00'), desdeConocido: false },
    precioUsd: 2,
  };
  const EN_PERIFERICO = {
    tienda: { id: 'tienda_01', nombre: 'PERIFERICO' },
    almacen: 'APP-TPF',
    cantidad: 25,
    desde: iso(1, '08:00'),
    sinExistencia: null,
    precioUsd: 2.5,
  };

  it('It shows all stores, by name', async () => {
    const { json } = await get('/articulos/000001?tienda=tienda_01');

    // 7 in BOSQUE, of which nothing is left. 26 + 2 + 1 = 29 units and 0.5 kilos in PERIFERICO.
    expect(Answer.parse(json).tiendas).toEqual([
      { ...EN_BOSQUE, ventas28: 7, diasCobertura: 0, incompleto: true },
      { ...EN_PERIFERICO, ventas28: 29, diasCobertura: null, incompleto: true },
    ]);
  });

  it('It says of which stores some sales of the last 28 days are missing, whichever store was asked for', async () => {
    await trade.close('tienda_08', 28, 1);
    try {
      const { json } = await get('/articulos/000001?tienda=tienda_01');
      expect(Answer.parse(json).tiendas).toMatchObject([
        { tienda: EN_BOSQUE.tienda, incompleto: false },
        { tienda: EN_PERIFERICO.tienda, incompleto: true },
      ]);
    } finally {
      await database.query(`DELETE FROM ventas_tramos WHERE ubicacion_id = 'tienda_08'`);
    }
  });

  it('A manager sees the stock of all stores, and everything else of his own', async () => {
    const { json } = await get('/articulos/000001', { claims: gerenteDe('tienda_08') });

    expect(json).toMatchObject({ tienda: { id: 'tienda_08' } });
    expect(Answer.parse(json).tiendas).toEqual([
      { ...EN_BOSQUE, ventas28: 7, diasCobertura: 0, incompleto: true },
      {
        ...EN_PERIFERICO,
        desde: null,
        sinExistencia: null,
        precioUsd: null,
        ventas28: null,
        diasCobertura: null,
        incompleto: null,
      },
    ]);
    for (const query of ['', '&formato=csv']) {
      const { status } = await get(`/articulos/000001?tienda=tienda_01${query}`, {
        claims: gerenteDe('tienda_08'),
      });
      expect(status).toBe(403);
    }
  });

  describe('Of an article that is out', () => {
    const stores = async (options?: AskOptions): Promise<unknown[]> =>
      Answer.parse((await get('/articulos/000500', options)).json).tiendas;

    beforeAll(async () => {
      await trade.stock('APP-TBQ', 3, '09:00', { '000500': 3 });
      await trade.stock('APP-TBQ', 3, '10:00', { '000500': 0 });
      await trade.stock('APP-TBQ', 2, '10:00', { '000500': -2 });
      await trade.stock('APP-TBQ', 1, '10:00', { '000500': { cantidad: -2, precio: 9 } });
    });

    it('It says since when there is none, whatever became of stock and price since', async () => {
      expect(await stores()).toMatchObject([
        {
          cantidad: -2,
          desde: iso(2, '10:00'),
          sinExistencia: { desde: iso(3, '10:00'), desdeConocido: true },
        },
      ]);
    });

    it('It says so to a manager of his own stores only', async () => {
      expect(await stores({ claims: gerenteDe('tienda_01') })).toMatchObject([
        { cantidad: -2, sinExistencia: null },
      ]);
    });
  });

  it('An article that no inventory has is shown without stock', async () => {
    await database.query(
      `INSERT INTO productos (id, codigo, nombre) VALUES ('000099', '000099', 'SOLO VENDIDO')`,
    );

    expect((await get('/articulos/000099?tienda=tienda_01')).json).toMatchObject({
      articulo: { codigo: '000099' },
      tiendas: [],
      existencias: [],
      movimientos: [],
    });
  });

  it('The CSV has the sales, day by day', async () => {
    const { text } = await get(
      `/articulos/000001?tienda=tienda_01&desde=${hace(3)}&hasta=${hace(2)}&formato=csv`,
    );

    expect(text.split('\r\n')).toEqual([
      '\uFEFFTienda;Código;Artículo;Día;Estado;Unidades;Kilos;Venta USD;Facturas',
      `PERIFERICO;000001;ARROZ;${hace(3)};completo;1;0,5;3;2`,
      `PERIFERICO;000001;ARROZ;${hace(2)};completo;0;0;0;0`,
      '',
    ]);
  });

  it.each([
    ['000001?desde=ayer', 400],
    [`000001?desde=${hace(-1)}`, 400],
    [`000001?desde=${hace(1)}&hasta=${hace(2)}`, 400],
    [`000001?desde=${hace(500)}`, 400],
    ['9'.repeat(10_000), 400],
    ['1', 404],
    ['%27%20OR%201%3D1%20--', 404],
    ['000001%2F..%2F..', 404],
  ])('It answers %s with %i', async (path, status) => {
    expect((await get(`/articulos/${path}`)).status).toBe(status);
  });
});

describe('Arrivals and shrinkage of an article', () => {
  it('Their sums by day are those of /descuadres, for any inventories, sales and readings', async () => {
    const step = fc.record({
      minutes: fc.integer({ min: 1, max: 900 }),
      stock: fc.option(fc.integer({ min: -2, max: 4 }), { nil: null }),
      // The warehouse was of another store.
      ajeno: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      sold: fc.array(
        fc.record({
          part: fc.double({ min: 0, max: 1, noNaN: true }),
          cantidad: fc.integer({ min: -1, max: 3 }),
        }),
        { maxLength: 3 },
      ),
    });
    const unread = fc.subarray([0, 1, 2, 3, 4]);
    let codes = 100;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), unread, async (steps, missing) => {
        codes += 1;
        const codigo = String(codes).padStart(6, '0');
        await database.query(
          `DELETE FROM ventas; DELETE FROM ventas_tramos; DELETE FROM inventario_vigente; DELETE FROM inventario_versiones; DELETE FROM almacen_snapshots`,
        );
        const fresh = await startTrade(database);
        let time = moment(5, '02:00').getTime();
        for (const { minutes, stock, ajeno, sold } of steps) {
          const end = time + minutes * 60_000;
          const lines = sold.map(({ part, cantidad }) => {
            const at = new Date(end - Math.floor(part * minutes) * 60_000 - 4 * 3_600_000).toISOString();
            return { dias: daysAgo(at.slice(0, 10)), hora: at.slice(11, 16), codigo, cantidad };
          });
          await fresh.sell(...lines);
          const at = new Date(end - 4 * 3_600_000).toISOString();
          await fresh.stock('APP-TPF', daysAgo(at.slice(0, 10)), at.slice(11, 16), {
            [codigo]: stock,
            '000002': 1,
          });
          if (ajeno) {
            await database.query(
              `UPDATE almacen_snapshots SET ubicacion_id = $2 WHERE almacen_codigo = 'APP-TPF' AND extraccion = $1`,
              [new Date(end), BOSQUE.id],
            );
          }
          time = end;
        }
        for (const dias of [0, 1, 2, 3, 4, 5].filter((day) => !missing.includes(day)))
          await fresh.close('tienda_01', dias, dias);
        // Stores before and after this one.
        for (const other of [CEDI.id, BOSQUE.id]) await fresh.close(other, 5, 0);

        const expected = await database.query(
          `SELECT almacen_codigo::text AS almacen, min(desde) AS inicio, max(hasta) AS fin, sum(diferencia)::float8 AS diferencia
             FROM descuadres WHERE ubicacion_id = 'tienda_01' AND producto_id = $1 AND dia BETWEEN $2 AND $3
            GROUP BY almacen_codigo, dia HAVING sum(diferencia) <> 0 ORDER BY almacen_codigo, dia`,
          [codigo, hace(4), HOY],
        );
        expect(
          await database.query(
            `SELECT almacen, inicio, fin, diferencia::float8 FROM consultas.articulo_movimientos('tienda_01', $1, $2, $3)`,
            [codigo, hace(4), HOY],
          ),
        ).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

const daysAgo = (dia: string): number => (Date.parse(HOY) - Date.parse(dia)) / 86_400_000;
