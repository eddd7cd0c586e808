import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { gerenteDe, useConsultas } from '../support/consultas.ts';
import type { AskOptions } from '../support/consultas.ts';
import { iso, startTrade } from '../support/trade.ts';

const { database, get } = await useConsultas();

/*
 * The stock of PERIFERICO (APP-TPF, and behind it APP-PPF) and of BOSQUE (APP-TBQ), and what PERIFERICO sold; `d-3` is three days ago.
 *
 * code    name           APP-TPF  APP-PPF  APP-TBQ  sold in the 28 days before today
 * 000001  ARROZ BLANCO   10       6        20       d-1: 4, d-7: 3, d-8: 7, d-28: 14 units. Not counted: 50 today, 100 on d-29
 * 000002  CAFÉ 100% PURO -2       -        1        d-3: 28 units
 * 000003  QUESO          4.5      -        -        d-2: 1.5, d-20: 5.5 kilos
 * 000004  ÑAME           9        -        -        d-1: 2 units and 3 kilos
 * 000005  VELA           7        -        -        nothing
 * 000006  LECHE          0        -        8        d-4: 5 units sold, 5 returned
 */
beforeAll(async () => {
  const trade = await startTrade(database);
  trade.describe('000001', {
    nombre: 'ARROZ BLANCO',
    codigo_barras: '7591234567890',
    categoria: 'VIVERES',
    marca: 'MARY',
  });
  trade.describe('000002', {
    nombre: 'CAFÉ 100% PURO',
    categoria: 'VIVERES',
    marca: null,
    grupo_articulo: 'CAFE',
  });
  trade.describe('000003', { nombre: 'QUESO', grupo_articulo: 'POR PESO' });
  trade.describe('000004', { nombre: 'ÑAME' });
  trade.describe('000005', { nombre: 'VELA', grupo_articulo: 'HOGAR' });
  trade.describe('000006', { nombre: 'LECHE', grupo_articulo: null });
  await trade.stock('APP-TPF', 10, '08:00', {
    '000001': { cantidad: 10, precio: 2 },
    '000002': 1,
    '000003': 4.5,
    '000004': 9,
    '000005': 7,
    '000006': 3,
  });
  await trade.stock('APP-PPF', 10, '08:00', { '000001': 6 });
  await trade.stock('APP-TBQ', 10, '09:00', { '000001': 20, '000002': 1, '000006': 8 });
  // The price of the rice changes, its stock does not.
  await trade.stock('APP-TPF', 5, '08:00', { '000001': { cantidad: 10, precio: 3 } });
  await trade.stock('APP-TPF', 2, '08:00', { '000002': -2, '000006': 0 });
  await trade.stock('APP-TPF', 1, '20:00', {});
  await trade.sell(
    { dias: 0, codigo: '000001', cantidad: 50, hora: '00:00' },
    { dias: 1, codigo: '000001', cantidad: 4 },
    { dias: 7, codigo: '000001', cantidad: 3 },
    { dias: 8, codigo: '000001', cantidad: 7 },
    { dias: 28, codigo: '000001', cantidad: 14 },
    { dias: 29, codigo: '000001', cantidad: 100 },
    { dias: 1, codigo: '000001', cantidad: 9, tienda: 'tienda_08', almacen: 'APP-TBQ' },
    { dias: 3, codigo: '000002', cantidad: 28 },
    { dias: 2, codigo: '000003', cantidad: 1.5, unidad: 'KG' },
    { dias: 20, codigo: '000003', cantidad: 5.5, unidad: 'KG' },
    { dias: 1, codigo: '000004', cantidad: 2 },
    { dias: 1, codigo: '000004', cantidad: 3, unidad: 'KG' },
    { dias: 4, codigo: '000006', cantidad: 5 },
    { dias: 4, codigo: '000006', cantidad: -5 },
  );
  await trade.close('tienda_01', 28, 1);
});

const Rows = z.object({
  filas: z.array(z.looseObject({ almacen: z.string(), articulo: z.looseObject({ codigo: z.string() }) })),
});

/** The rows of an answer. */
const rowsOf = async (query: string, options?: AskOptions): Promise<Record<string, unknown>[]> =>
  Rows.parse((await get(`/existencias?${query}`, options)).json).filas;

/** The codes of the rows of APP-TPF. */
const codesOf = async (query: string): Promise<unknown[]> =>
  Rows.parse((await get(`/existencias?tienda=tienda_01&${query}`)).json)
    .filas.filter(({ almacen }) => almacen === 'APP-TPF')
    .map(({ articulo }) => Number(articulo.codigo));

describe('A row of /existencias', () => {
  it('It has stock, since when, price, sales, days that the stock lasts, and stock elsewhere', async () => {
    expect((await rowsOf('tienda=tienda_01'))[1]).toEqual({
      tienda: { id: 'tienda_01', nombre: 'PERIFERICO' },
      almacen: 'APP-TPF',
      articulo: { codigo: '000001', nombre: 'ARROZ BLANCO', categoria: 'VIVERES', marca: 'MARY' },
      cantidad: 10,
      // Not since the price changed.
      desde: iso(10, '08:00'),
      precioUsd: 3,
      iva: 16,
      // 4 + 3
      ventas7: 7,
      // 4 + 3 + 7 + 14
      ventas28: 28,
      unidad: 'und',
      // 10 / (28 / 28)
      diasCobertura: 10,
      otras: [
        { tienda: 'tienda_08', cantidad: 20 },
        { tienda: 'tienda_01', cantidad: 6 },
      ],
      incompleto: false,
    });
  });

  it.each([
    // 4.5 / (7 / 28)
    ['kilos are sold by the kilo', '000003', { ventas7: 1.5, ventas28: 7, unidad: 'kg', diasCobertura: 18 }],
    [
      'a negative stock lasts no day',
      '000002',
      { cantidad: -2, desde: iso(2, '08:00'), ventas28: 28, diasCobertura: 0 },
    ],
    ['units and kilos are never added up', '000004', { ventas28: 3, unidad: 'mixto', diasCobertura: null }],
    [
      'what was never sold lasts for nobody knows how long',
      '000005',
      { ventas7: 0, ventas28: 0, unidad: 'und', diasCobertura: null },
    ],
    [
      'what was returned was not sold',
      '000006',
      { cantidad: 0, ventas28: 0, unidad: 'und', diasCobertura: null },
    ],
  ])('In it %s', async (_title, codigo, expected) => {
    expect(await rowsOf(`tienda=tienda_01&q=${codigo}`)).toEqual([expect.objectContaining(expected)]);
  });

  it('A manager sees how much there is in stores that are not his, and no row of them', async () => {
    const rows = await rowsOf('', { claims: gerenteDe('tienda_08') });

    expect(
      rows.map(({ almacen, cantidad, ventas28, otras }) => [almacen, cantidad, ventas28, otras]),
    ).toEqual([
      ['APP-TBQ', 20, 9, [{ tienda: 'tienda_01', cantidad: 16 }]],
      ['APP-TBQ', 1, 0, []],
      ['APP-TBQ', 8, 0, []],
    ]);
  });

  it('A buyer sees all stores, article by article', async () => {
    expect((await rowsOf('q=arroz')).map(({ almacen }) => almacen)).toEqual([
      'APP-PPF',
      'APP-TBQ',
      'APP-TPF',
    ]);
  });
});

describe('The search of /existencias', () => {
  it.each([
    ['ignores accents and case', 'cafe', [2]],
    ['ignores accents that are written', 'CÁFÈ', [2]],
    ['takes ñ for n', 'name', [4]],
    ['finds ñ however it is composed', 'n\u0303ame', [4]],
    ['takes % and _ as they are', '100%', [2]],
    ['takes _ as it is', '0_0', []],
    ['takes \\ as it is', '\\', []],
    ['finds by code', '00005', [5]],
    ['finds by barcode', '75912345', [1]],
    ['wants every word, in any order', 'puro café', [2]],
    ['wants every word', 'puro arroz', []],
  ])('It %s', async (_title, q, codes) => {
    expect(await codesOf(`q=${encodeURIComponent(q)}`)).toEqual(codes);
  });

  it.each([
    ['estado=con', [1, 3, 4, 5]],
    ['estado=agotado', [6]],
    ['estado=negativo', [2]],
    ['estado=sin-ventas', [5]],
    ['categoria=VIVERES', [1, 2]],
    ['marca=MARY', [1]],
    ['categoria=VIVERES&estado=con&q=a', [1]],
  ])('The filter %s leaves out the others', async (query, codes) => {
    expect(await codesOf(query)).toEqual(codes);
  });

  it.each([
    ['codigo', [1, 2, 3, 4, 5, 6]],
    // ARROZ, CAFE, LECHE, NAME, QUESO, VELA
    ['nombre', [1, 2, 6, 4, 3, 5]],
    // -2, 0, 4.5, 7, 9, 10
    ['cantidad', [2, 6, 3, 5, 4, 1]],
    ['-cantidad', [1, 4, 5, 3, 6, 2]],
    // 0, 10, 18, and what is not known by code
    ['cobertura', [2, 1, 3, 4, 5, 6]],
    ['-cobertura', [3, 1, 2, 4, 5, 6]],
    // 28, 28, 7, 3, 0, 0
    ['-ventas', [1, 2, 3, 4, 5, 6]],
  ])('The order %s', async (orden, codes) => {
    expect(await codesOf(`orden=${orden}`)).toEqual(codes);
  });
});

describe('The header of /existencias', () => {
  it('Its data go until the oldest snapshot, and all days of sales that it counts are complete', async () => {
    expect((await get('/existencias?tienda=tienda_01')).json).toMatchObject({
      datosHasta: { existencias: iso(10, '08:00') },
      cobertura: { completa: true, huecos: [] },
      siguiente: null,
    });
  });

  it('A store whose sales were never read is incomplete, and its rows say so', async () => {
    expect((await get('/existencias?tienda=tienda_08')).json).toMatchObject({
      cobertura: { completa: false },
    });
    const marks = (await rowsOf('')).map(({ tienda, incompleto }) => JSON.stringify([tienda, incompleto]));
    expect([...new Set(marks)].sort()).toEqual([
      JSON.stringify([{ id: 'tienda_01', nombre: 'PERIFERICO' }, false]),
      JSON.stringify([{ id: 'tienda_08', nombre: 'BOSQUE' }, true]),
    ]);
  });

  it('The CSV has the same rows, with a decimal comma', async () => {
    const { text, headers } = await get('/existencias?tienda=tienda_01&q=queso&formato=csv');

    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(text.split('\r\n')).toEqual([
      '\uFEFFTienda;Almacén;Código;Artículo;Categoría;Marca;Existencia;Unidad;Desde;Precio USD;IVA %;Ventas 7 días;Ventas 28 días;Días de cobertura;En otros almacenes;Incompleto',
      `PERIFERICO;APP-TPF;000003;QUESO;FRUVER;DRAGOS;4,5;kg;${iso(10, '08:00')};2;16;1,5;7;18;0;no`,
      '',
    ]);
  });

  it.each([
    ['estado=otro', 'estado', ['con', 'agotado', 'negativo', 'sin-ventas']],
    ['orden=precio', 'orden', expect.arrayContaining(['codigo', '-ventas'])],
    ['tienda=tienda_99', 'tienda', expect.arrayContaining(['tienda_01', 'tienda_08'])],
    [`q=${'a'.repeat(10_000)}`, 'q', undefined],
    ['cursor=abc', 'cursor', undefined],
    ['pagina=2', 'pagina', expect.arrayContaining(['q', 'orden'])],
  ])('It refuses %s', async (query, campo, validos) => {
    const { status, json } = await get(`/existencias?${query}`);

    expect(status).toBe(400);
    expect(json).toMatchObject({ errores: [{ campo, ...(validos === undefined ? {} : { validos }) }] });
  });

  it('A manager may not name a store that is not his, nor export it', async () => {
    for (const query of ['', '&formato=csv']) {
      const { status } = await get(`/existencias?tienda=tienda_01${query}`, {
        claims: gerenteDe('tienda_08'),
      });
      expect(status).toBe(403);
    }
  });
});
