import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { gerenteDe, useConsultas } from '../support/consultas.ts';
import { hace, iso, startTrade } from '../support/trade.ts';
import type { Trade } from '../support/trade.ts';

const { database, get } = await useConsultas();

let trade: Trade;

/*
 * What ran out in PERIFERICO; its last snapshot is of d-1 20:00, where d-1 is yesterday. Every article that counts sold 28 in the 28 whole days before, so 1 a
 * day, but for 000001 (56, so 2 a day) and 000006 (7 kilos, so 0.25 a day).
 *
 * code    since                                             hours                  not sold      last price   USD
 * 000001  d-3 08:00; then the price changed, then below 0   2 days 12 h = 60       2 x 2.5 = 5   2.5          12.50
 * 000002  d-10 08:00, the first snapshot, in negative       9 days 12 h = 228      9.5           1            9.50
 * 000003  d-58 08:00; then the price changed                57 days 12 h = 1380    57.5          1            57.50
 * 000006  d-2 20:00                                         24                     0.25 kilos    4            1.00
 * 000007  d-4 08:00, when it came back, empty               84                     3.5           1            3.50
 * 000010  d-2 20:00 in APP-PPF, whose last snapshot is of
 *         d-1 08:00; d-3 08:00 in APP-TPF                   12                     0.5           1            0.50
 *
 * Not there: 000004 was never sold, 000005 was sold before the 28 days only, 000008 has come again, 000009 sold as much as was returned, APP-PPF has 000011,
 * 000012 ran out 61 days ago.
 */
beforeAll(async () => {
  trade = await startTrade(database);
  trade.describe('000001', { nombre: 'ARROZ', categoria: 'VIVERES', marca: null });
  await trade.stock('APP-TPF', 80, '08:00', { '000003': 5, '000012': 5 });
  await trade.stock('APP-TPF', 61, '08:00', { '000012': 0 });
  await trade.stock('APP-TPF', 58, '08:00', { '000003': 0 });
  await trade.stock('APP-TPF', 40, '08:00', { '000003': { cantidad: 0, precio: 9 } });
  await trade.stock('APP-TPF', 10, '08:00', {
    '000001': 5,
    '000002': -3,
    '000004': 0,
    '000005': 5,
    '000006': 5,
    '000007': 5,
    '000008': 0,
    '000009': 5,
    '000010': 5,
    '000011': 5,
  });
  await trade.stock('APP-PPF', 10, '08:00', { '000010': 5, '000011': 5 });
  await trade.stock('APP-PPF', 2, '20:00', { '000010': 0 });
  await trade.stock('APP-PPF', 1, '08:00', {});
  await trade.stock('APP-TPF', 6, '08:00', { '000007': null });
  await trade.stock('APP-TPF', 4, '08:00', { '000007': 0 });
  await trade.stock('APP-TPF', 3, '08:00', {
    '000001': 0,
    '000005': 0,
    '000008': 9,
    '000009': 0,
    '000010': 0,
    '000011': 0,
  });
  await trade.stock('APP-TPF', 2, '08:00', { '000001': { cantidad: 0, precio: 7 } });
  await trade.stock('APP-TPF', 2, '20:00', { '000006': 0 });
  await trade.stock('APP-TPF', 1, '08:00', { '000001': -1 });
  await trade.stock('APP-TPF', 1, '20:00', {});
  await trade.stock('APP-TBQ', 1, '20:00', { '000001': 12, '000002': 0 });
  await trade.sell(
    { dias: 31, codigo: '000001', cantidad: 48, usd: 96 },
    { dias: 32, codigo: '000001', cantidad: 1_000 },
    { dias: 4, codigo: '000001', cantidad: 8, usd: 16 },
    // The day of the stock-out is not whole, but has the last price.
    { dias: 3, codigo: '000001', cantidad: 1, usd: 2.5 },
    { dias: 38, codigo: '000002', cantidad: 28 },
    { dias: 60, codigo: '000003', cantidad: 28 },
    { dias: 62, codigo: '000012', cantidad: 28 },
    { dias: 40, codigo: '000005', cantidad: 28 },
    { dias: 3, codigo: '000006', cantidad: 7, usd: 28, unidad: 'KG' },
    { dias: 5, codigo: '000007', cantidad: 28 },
    { dias: 11, codigo: '000008', cantidad: 28 },
    { dias: 5, codigo: '000009', cantidad: 28 },
    { dias: 4, codigo: '000009', cantidad: -28 },
    { dias: 5, codigo: '000010', cantidad: 28 },
    { dias: 5, codigo: '000011', cantidad: 28 },
    { dias: 5, codigo: '000002', cantidad: 3, tienda: 'tienda_08', almacen: 'APP-TBQ' },
  );
});

const Articulo = z.looseObject({ codigo: z.string() });
const Answer = z.looseObject({ filas: z.array(z.looseObject({ articulo: Articulo })) });

const rowsOf = async (query: string): Promise<Record<string, unknown>[]> =>
  Answer.parse((await get(`/agotados?${query}`)).json).filas;

describe('/agotados', () => {
  it('A row has the moment since when the article is out of stock, the lost sales, and the stock elsewhere', async () => {
    expect((await rowsOf('tienda=tienda_01')).find(({ cantidad }) => cantidad === -1)).toEqual({
      tienda: { id: 'tienda_01', nombre: 'PERIFERICO' },
      almacen: 'APP-TPF',
      articulo: { codigo: '000001', nombre: 'ARROZ', categoria: 'VIVERES', marca: null },
      cantidad: -1,
      desde: iso(3, '08:00'),
      desdeConocido: true,
      horas: 60,
      ventaDiaria: 2,
      unidadesNoVendidas: 5,
      usdNoVendidos: 12.5,
      ultimoPrecioUsd: 2.5,
      ultimaVenta: hace(3),
      unidad: 'und',
      otras: [{ tienda: 'tienda_08', cantidad: 12 }],
      incompleto: true,
    });
  });

  it.each([
    [
      'in negative from its first snapshot on',
      '000002',
      {
        desde: iso(10, '08:00'),
        desdeConocido: false,
        horas: 228,
        unidadesNoVendidas: 9.5,
        usdNoVendidos: 9.5,
      },
    ],
    [
      'out for weeks, in which its price changed',
      '000003',
      {
        desde: iso(58, '08:00'),
        desdeConocido: true,
        horas: 1_380,
        unidadesNoVendidas: 57.5,
        usdNoVendidos: 57.5,
      },
    ],
    [
      'sold by the kilo',
      '000006',
      {
        desde: iso(2, '20:00'),
        desdeConocido: true,
        horas: 24,
        ventaDiaria: 0.25,
        unidadesNoVendidas: 0.25,
        usdNoVendidos: 1,
        unidad: 'kg',
      },
    ],
    [
      'gone from the inventory and back without stock',
      '000007',
      { desde: iso(4, '08:00'), desdeConocido: false, horas: 84, usdNoVendidos: 3.5 },
    ],
    [
      'out in both warehouses of its store, which counts once, since the second ran out',
      '000010',
      { almacen: 'APP-PPF', desde: iso(2, '20:00'), desdeConocido: true, horas: 12, usdNoVendidos: 0.5 },
    ],
  ])('An article %s', async (_title, codigo, expected) => {
    const rows = await rowsOf('tienda=tienda_01');

    expect(rows.filter(({ articulo }) => JSON.stringify(articulo).includes(codigo))).toEqual([
      expect.objectContaining(expected),
    ]);
  });

  it('The articles are sorted by lost sales, and the total has all of them', async () => {
    const { json } = await get('/agotados?tienda=tienda_01');

    expect(Answer.parse(json).filas.map(({ articulo }) => articulo.codigo)).toEqual([
      '000003',
      '000001',
      '000002',
      '000007',
      '000006',
      '000010',
    ]);
    // 57.5 + 12.5 + 9.5 + 3.5 + 1 + 0.5
    expect(json).toMatchObject({
      total: { articulos: 6, usdNoVendidos: 84.5, incompleto: true },
      siguiente: null,
    });
  });

  it('An article is not out of stock if another warehouse of the store has it', async () => {
    expect(JSON.stringify(await rowsOf('tienda=tienda_01'))).not.toContain('000011');
  });

  it('The total is present when nothing is out of stock', async () => {
    expect((await get('/agotados', { claims: gerenteDe('tienda_99') })).json).toMatchObject({
      total: { articulos: 0, usdNoVendidos: 0 },
      filas: [],
    });
  });

  it('The answer is the same when the database has summed the last 28 days already', async () => {
    const before = (await get('/agotados')).json;
    await database.query(`SELECT avanzar_ventas_recientes(id, $1) FROM ubicaciones`, [hace(1)]);

    expect((await get('/agotados')).json).toEqual(before);
  });

  it('Days of sales that were not read before the stock-outs make it incomplete', async () => {
    expect((await get('/agotados?tienda=tienda_01')).json).toMatchObject({ cobertura: { completa: false } });
  });

  it('A row is incomplete when one of its own 28 days was not read', async () => {
    // The days before d-3, when 000001 ran out; 000006 did on d-2.
    await trade.close('tienda_01', 31, 4);
    try {
      const rows = await rowsOf('tienda=tienda_01');
      const marks = rows.map(({ articulo, incompleto }) => [Articulo.parse(articulo).codigo, incompleto]);
      expect(marks).toEqual(
        expect.arrayContaining([
          ['000001', false],
          ['000006', true],
        ]),
      );
    } finally {
      await database.query('DELETE FROM ventas_tramos');
    }
  });

  it('The CSV has a line for each article', async () => {
    const { text } = await get('/agotados?tienda=tienda_01&formato=csv');

    expect(text.split('\r\n')[2]).toBe(
      `PERIFERICO;APP-TPF;000001;ARROZ;VIVERES;;-1;${iso(3, '08:00')};sí;60;2;und;5;12,5;2,5;${hace(3)};12;sí`,
    );
  });

  it('A warehouse that moved to another store keeps the moment since when it is empty, and the sales of the new store count', async () => {
    await database.query(`UPDATE almacenes SET ubicacion_id = 'tienda_08' WHERE codigo = 'APP-TPF'`);
    const rows = await rowsOf('tienda=tienda_08');
    await database.query(`UPDATE almacenes SET ubicacion_id = 'tienda_01' WHERE codigo = 'APP-TPF'`);

    // BOSQUE sold 3 of 000002, five days ago: after d-10, when APP-TPF ran out, but before yesterday, when its own warehouse did.
    expect(rows.map(({ almacen, desde, ventaDiaria }) => [almacen, desde, ventaDiaria])).toEqual([
      ['APP-TBQ', iso(1, '20:00'), 0.107],
    ]);
  });

  it('A manager sees his stores, and may name no other', async () => {
    const claims = gerenteDe('tienda_08');

    expect(Answer.parse((await get('/agotados', { claims })).json).filas).toHaveLength(1);
    expect((await get('/agotados?tienda=tienda_01', { claims })).status).toBe(403);
  });
});
