import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator, KlkSimulatorOptions } from '../../local/klk-simulator/server.ts';

const TIENDAS: KlkSimulatorOptions['tiendas'] = [
  {
    nombre: 'PERIFERICO',
    tipo: 'tienda',
    almacenes: [{ codigo: 'APP-TPF', nombre: 'PISO DE VENTA' }],
    sucursalKlk: 'SUC001',
  },
  {
    nombre: 'BOSQUE',
    tipo: 'tienda',
    almacenes: [{ codigo: 'APP-TBQ', nombre: 'PISO DE VENTA' }],
    sucursalKlk: 'SUC002',
  },
  {
    nombre: 'CEDI Caracas',
    tipo: 'cedi',
    almacenes: [{ codigo: 'PCDICS', nombre: 'PRINCIPAL' }],
    sucursalKlk: 'SUC0099',
  },
];

const texto = z.string().min(1);
const answerSchema = z.strictObject({
  meta: z.strictObject({
    almacences_filtrados: texto,
    total_articulos: z.int(),
    fecha_generacion: z.iso.datetime(),
  }),
  articulos: z.array(
    z.strictObject({
      NombreProducto: texto,
      Codigo: z.string().regex(/^\d{6}$/),
      Barra: z.string().regex(/^0\d+$/),
      Categoria: texto,
      Descripcion: texto,
      Subcategoria: texto,
      Descripcion_categoria: texto,
      Marca: texto.optional(),
      Precio: z.number().positive(),
      Iva: z.literal([0, 16]),
      stock: z.number(),
    }),
  ),
});
type Answer = z.infer<typeof answerSchema>;

const simulators: KlkSimulator[] = [];

async function start(options: Partial<KlkSimulatorOptions> = {}): Promise<KlkSimulator> {
  const simulator = await startKlkSimulator({ tiendas: TIENDAS, ...options });
  simulators.push(simulator);
  return simulator;
}

function post(klk: KlkSimulator, body: unknown, ruta = '/maestra/articulos/almacen'): Promise<Response> {
  return fetch(`${klk.baseUrl}${ruta}`, { method: 'POST', body: JSON.stringify(body) });
}

async function ask(klk: KlkSimulator, Codigoalmacen: string | string[]): Promise<Answer> {
  const response = await post(klk, { Codigoalmacen });
  return answerSchema.parse(await response.json());
}

async function list(klk: KlkSimulator, ruta: string): Promise<Record<string, string>[]> {
  const response = await fetch(`${klk.baseUrl}${ruta}`);
  return z.array(z.record(z.string(), z.string())).parse(await response.json());
}

const decimals = (value: number): number => (String(value).split('.')[1] ?? '').length;

afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()));
});

describe('the articles of a warehouse', () => {
  it('have the documented shape and say which warehouse and how many they are', async () => {
    const { meta, articulos } = await ask(await start(), 'APP-TPF');

    expect(meta.almacences_filtrados).toBe('["APP-TPF"]');
    expect(meta.total_articulos).toBe(articulos.length);
    expect(articulos.length).toBeGreaterThanOrEqual(3850);
    expect(articulos.length).toBeLessThanOrEqual(3870);
    expect(new Set(articulos.map((fila) => fila.Codigo)).size).toBe(articulos.length);
  });

  it('have the irregularities of the real data', async () => {
    const { articulos } = await ask(await start(), 'APP-TPF');
    const share = (predicate: (fila: Answer['articulos'][number]) => boolean): number =>
      articulos.filter(predicate).length / articulos.length;

    expect(articulos[0]?.Codigo).toBe('000001');
    expect(share((fila) => fila.stock < 0)).toBeGreaterThan(0.01);
    expect(share((fila) => fila.stock === 0)).toBeGreaterThan(0.05);
    expect(share((fila) => fila.stock > 0)).toBeGreaterThan(0.7);
    expect(share((fila) => fila.Marca === undefined)).toBeGreaterThan(0.1);
    expect(share((fila) => fila.Marca === 'N/A')).toBeGreaterThan(0.01);
    expect(share((fila) => fila.Descripcion === 'N/A')).toBeGreaterThan(0.05);
    expect(share((fila) => /[ÁÉÍÓÚÑ]/.test(fila.NombreProducto))).toBeGreaterThan(0.1);
    expect(Math.max(...articulos.map((fila) => decimals(fila.stock)))).toBe(3);
    expect(Math.max(...articulos.map((fila) => decimals(fila.Precio)))).toBe(6);
  });

  it('are the same in another process that starts at the same round', async () => {
    const one = await ask(await start({ rondaInicial: 7 }), 'APP-TPF');
    const other = await ask(await start({ rondaInicial: 7 }), 'APP-TPF');

    expect(other.articulos).toEqual(one.articulos);
  });

  it('are mostly those of another warehouse, with another stock', async () => {
    const klk = await start();
    const one = await ask(klk, 'APP-TPF');
    const other = await ask(klk, 'APP-TBQ');

    const otherByCode = new Map(other.articulos.map((fila) => [fila.Codigo, fila]));
    const shared = one.articulos.filter((fila) => otherByCode.has(fila.Codigo));
    const equal = shared.filter(
      (fila) => otherByCode.get(fila.Codigo)?.NombreProducto === fila.NombreProducto,
    );
    const equalStock = shared.filter((fila) => otherByCode.get(fila.Codigo)?.stock === fila.stock);
    expect(equal.length).toBeGreaterThan(shared.length * 0.9);
    expect(equal.length).toBeLessThan(shared.length);
    expect(equalStock.length).toBeLessThan(shared.length * 0.3);
  });

  it('are those that a test gives, in every round', async () => {
    const klk = await start();
    klk.setArticulos('APP-TPF', [
      {
        NombreProducto: 'ROMERO KG',
        Codigo: '000001',
        Barra: '01024',
        Categoria: '08',
        Descripcion: 'FRUVER',
        Subcategoria: '1',
        Descripcion_categoria: 'POR PESO',
        Precio: 5.77,
        Iva: 16,
        stock: 5,
      },
    ]);

    for (let round = 0; round < 2; round += 1)
      expect(await ask(klk, 'APP-TPF')).toMatchObject({
        meta: { total_articulos: 1 },
        articulos: [{ Codigo: '000001', stock: 5 }],
      });
  });

  it('are as many as asked for', async () => {
    const { articulos } = await ask(await start({ articulosPorAlmacen: 12 }), 'APP-TPF');

    expect(articulos).toHaveLength(12);
  });
});

describe('a round', () => {
  const moved = (one: Answer, other: Answer): number =>
    one.articulos.filter((fila, index) => fila.stock !== other.articulos[index]?.stock).length;

  it('ends with every answer, and changes about 5 % of the stocks and nothing else', async () => {
    const klk = await start({ rondaInicial: 40 });
    const first = await ask(klk, 'APP-TPF');
    const second = await ask(klk, 'APP-TPF');

    const withoutStock = (respuesta: Answer): unknown =>
      respuesta.articulos.map((fila) => ({ ...fila, stock: 0 }));
    expect(moved(first, second)).toBeGreaterThan(first.articulos.length * 0.04);
    expect(moved(first, second)).toBeLessThan(first.articulos.length * 0.06);
    expect(withoutStock(second)).toEqual(withoutStock(first));
  });

  it('is counted for each warehouse on its own', async () => {
    const klk = await start({ rondaInicial: 40, articulosPorAlmacen: 1 });
    await ask(klk, 'APP-TPF');
    await ask(klk, ['APP-TPF', 'APP-TBQ']);

    expect(klk.ronda('APP-TPF')).toBe(42);
    expect(klk.ronda('APP-TBQ')).toBe(41);
    expect(klk.ronda('PCDICS')).toBe(40);
  });

  it.each([
    { movimiento: 0, expected: 0 },
    { movimiento: 1, expected: 100 },
  ])('changes everything or nothing when so configured: $movimiento', async ({ movimiento, expected }) => {
    const klk = await start({ movimiento, articulosPorAlmacen: 100 });

    expect(moved(await ask(klk, 'APP-TPF'), await ask(klk, 'APP-TPF'))).toBe(expected);
  });
});

describe('the routes', () => {
  it('join the articles of a list of warehouses, without the warehouse of each', async () => {
    const { meta, articulos } = await ask(await start({ articulosPorAlmacen: 3 }), ['APP-TPF', 'APP-TBQ']);

    expect(meta).toMatchObject({ almacences_filtrados: '["APP-TPF","APP-TBQ"]', total_articulos: 6 });
    expect(articulos.map((fila) => fila.Codigo)).toEqual([
      '000001',
      '000002',
      '000003',
      '000001',
      '000002',
      '000003',
    ]);
  });

  it('answer an empty list for an unknown warehouse', async () => {
    expect(await ask(await start(), 'app-tpf')).toMatchObject({
      meta: { total_articulos: 0 },
      articulos: [],
    });
  });

  it('list the sales floors and the pseudo branch', async () => {
    const filas = await list(await start(), '/maestra/almacenes/pisoventa');

    expect(filas.map((fila) => fila['CodigoAlmacen'])).toEqual(['APP-TPF', 'APP-TBQ', 'CONS']);
    expect(filas[0]).toEqual({
      CodigoSucursal: 'SUC001',
      NombreSucursal: 'PERIFERICO',
      CodigoAlmacen: 'APP-TPF',
      NombreAlmacen: 'PISO DE VENTA',
    });
  });

  it('list all warehouses, or those of one branch, with the returns and the shrinkage', async () => {
    const klk = await start();
    const todos = await list(klk, '/maestra/almacenes/Reposicion');
    const deUna = await list(klk, '/maestra/almacenes/Reposicion?sucursal=SUC001');

    const codigos = (filas: Record<string, string>[]): unknown[] =>
      filas.map((fila) => fila['CodigoAlmacen']);
    expect(codigos(todos)).toEqual(['APP-TPF', 'APP-TBQ', 'PCDICS', 'APP-DPF', 'APP-MPF', 'CONS']);
    expect(codigos(deUna)).toEqual(['APP-TPF', 'APP-DPF', 'APP-MPF']);
  });

  it.each([
    '/',
    '/maestra/articulos/Almacen',
    '/maestra/articulos/almacen/',
    '/maestra/articulos/reposicion',
    '/Ventas',
  ])('answer 404 for %s', async (ruta) => {
    expect((await post(await start(), { Codigoalmacen: 'APP-TPF' }, ruta)).status).toBe(404);
  });

  it('answer 404 for reposicion in lower case', async () => {
    const klk = await start();

    expect((await fetch(`${klk.baseUrl}/maestra/almacenes/reposicion`)).status).toBe(404);
  });

  it('answer 405 for another method', async () => {
    const klk = await start();

    expect((await fetch(`${klk.baseUrl}/maestra/articulos/almacen`)).status).toBe(405);
    expect((await post(klk, {}, '/maestra/almacenes/pisoventa')).status).toBe(405);
  });

  it.each([{ CodigoAlmacen: 'APP-TPF' }, { Codigoalmacen: 1 }, null])(
    'answer 400 for a body without Codigoalmacen: %j',
    async (body) => {
      expect((await post(await start(), body)).status).toBe(400);
    },
  );
});

describe('the simulator', () => {
  it('records each request, and how many were open at once', async () => {
    const klk = await start({ latenciaMs: 60, articulosPorAlmacen: 1 });
    const before = Date.now();
    await Promise.all([ask(klk, 'APP-TPF'), ask(klk, ['APP-TBQ', 'PCDICS'])]);
    await list(klk, '/maestra/almacenes/Reposicion?sucursal=SUC001');

    const last = klk.requests[2];
    expect(klk.maxConcurrent).toBe(2);
    expect(klk.requests.flatMap((request) => request.codigos).sort()).toEqual([
      'APP-TBQ',
      'APP-TPF',
      'PCDICS',
    ]);
    expect(last).toMatchObject({ metodo: 'GET', ruta: '/maestra/almacenes/Reposicion', codigos: [] });
    expect(last?.recibida.getTime()).toBeGreaterThanOrEqual(before + 60);
  });

  it('keeps running when a client gives up before the answer', async () => {
    const klk = await start({ latenciaMs: 40, articulosPorAlmacen: 1 });
    const impatient = fetch(`${klk.baseUrl}/maestra/almacenes/pisoventa`, {
      signal: AbortSignal.timeout(15),
    });

    await expect(impatient).rejects.toThrow('timeout');
    expect((await ask(klk, 'APP-TPF')).articulos).toHaveLength(1);
  });

  it('closes at once, idle and waiting connections included, and frees its port', async () => {
    const klk = await start({ latenciaMs: 60_000 });
    const idle = connect(klk.puerto, '127.0.0.1');
    await once(idle, 'connect');
    const idleClosed = once(idle, 'close');
    const waiting = ask(klk, 'APP-TPF').catch((error: unknown) => error);
    while (klk.requests.length === 0) await new Promise(setImmediate);

    await klk.close();
    await klk.close();

    await idleClosed;
    expect(await waiting).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
    expect((await start({ puerto: klk.puerto })).puerto).toBe(klk.puerto);
  });
});
