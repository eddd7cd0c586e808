import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { VENTAS_FAULTS, isVentasFault } from '../../local/klk-simulator/faults.ts';
import type { VentasFault, VentasFaultSetting } from '../../local/klk-simulator/faults.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';

const DIA = '2026-03-16';
const VISPERA = '2026-03-15';
const HORAS = { hora_desde: '12:00:00', hora_hasta: '15:30:00' };

const lineaSchema = z.looseObject({
  numero_factura: z.string().optional(),
  fecha: z.string(),
  hora: z.string(),
  fecha_hora_completa: z.string(),
  linea: z.unknown(),
  producto: z.array(
    z.looseObject({ codigo_producto: z.unknown().optional(), descripcion_producto: z.string() }),
  ),
  cantidad: z.array(z.looseObject({ codigo_almacen: z.string(), cantidad_vendida: z.unknown() })),
  financiero: z.array(z.looseObject({ venta_total_usd: z.unknown() })),
});
const answerSchema = z.object({
  meta: z.looseObject({ total_registros: z.unknown().optional() }),
  ventas: z.array(lineaSchema),
});
type Answer = z.infer<typeof answerSchema>;

let klk: KlkSimulator;

beforeAll(async () => {
  const tiendas = ['UNO', 'DOS'].map((codigo) => ({
    nombre: codigo,
    tipo: 'tienda',
    almacenes: [{ codigo, nombre: 'PISO DE VENTA' }],
    sucursalKlk: `SUC-${codigo}`,
  }));
  klk = await startKlkSimulator({
    tiendas,
    articulosPorAlmacen: 100,
    lineasPorDia: 300,
    quirks: { tardias: 0, anuladas: 0, repetidas: 0 },
  });
});

beforeEach(() => {
  for (const codigo of ['UNO', 'DOS', 'SUC-UNO', 'SUC-DOS', '*']) klk.setFault(codigo, undefined);
});

afterAll(() => klk.close());

function post(sucursal: string, pedido: object = {}, init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify({ sucursal, fecha_desde: DIA, fecha_hasta: DIA, ...pedido });
  return fetch(`${klk.baseUrl}/ventas`, { method: 'POST', body, ...init });
}

const postArticulos = (Codigoalmacen: string): Promise<Response> =>
  fetch(`${klk.baseUrl}/maestra/articulos/almacen`, {
    method: 'POST',
    body: JSON.stringify({ Codigoalmacen }),
  });

async function ask(pedido: object = {}, sucursal = 'SUC-UNO'): Promise<Answer> {
  return answerSchema.parse(await (await post(sucursal, pedido)).json());
}

async function askWith(setting: VentasFaultSetting, pedido: object = HORAS): Promise<Answer> {
  klk.setFault('SUC-UNO', setting);
  return ask(pedido);
}

describe('the faults of sales', () => {
  it.each(Object.entries(VENTAS_FAULTS))('have a name and a description of one line: %s', (name, fault) => {
    expect(fault.descripcion).toMatch(/^[^\n]{5,110}$/);
    expect(isVentasFault(name)).toBe(true);
  });

  it.each(['', 'Vacia', 'ceros', 'toString', '__proto__'])('have no fault named %j', (name) => {
    expect(isVentasFault(name)).toBe(false);
  });

  it('concern, with the code of a branch, its sales and no stock', async () => {
    klk.setFault('SUC-UNO', '500');

    expect((await post('SUC-UNO')).status).toBe(500);
    expect((await post('SUC-DOS')).status).toBe(200);
    expect((await postArticulos('UNO')).status).toBe(200);
  });

  it('concern, with the code of a warehouse, its stock and no sales, and with * both of all stores', async () => {
    klk.setFault('UNO', '500');
    klk.setFault('*', '502');

    const statuses = [];
    for (const [almacen, sucursal] of [
      ['UNO', 'SUC-UNO'],
      ['DOS', 'SUC-DOS'],
    ] as const)
      statuses.push((await post(sucursal)).status, (await postArticulos(almacen)).status);
    expect(statuses).toEqual([502, 500, 502, 502]);
  });

  it('do not concern an endpoint that has no fault of that name', async () => {
    klk.setFault('*', 'ceros');
    expect((await ask()).ventas.length).toBeGreaterThan(200);

    klk.setFault('*', 'sucursal-desconocida');
    expect(await (await postArticulos('UNO')).json()).toMatchObject({ meta: { total_articulos: 100 } });
  });

  it('last for as many requests, or for the day, that are given', async () => {
    klk.setFault('SUC-UNO', '500', 1);
    expect([(await post('SUC-UNO')).status, (await post('SUC-UNO')).status]).toEqual([500, 200]);

    klk.setFault('SUC-UNO', '503', { dia: VISPERA });
    klk.setFault('SUC-UNO', '502', { dia: '2026-03-14', veces: 1 });
    const statuses = [];
    for (const dia of [DIA, VISPERA, '2026-03-14', '2026-03-14'])
      statuses.push((await post('SUC-UNO', { fecha_desde: dia, fecha_hasta: dia })).status);
    expect(statuses).toEqual([200, 503, 502, 200]);
    expect((await post('SUC-UNO', { fecha_desde: VISPERA })).status).toBe(503);

    klk.setFault('SUC-UNO', undefined);
    expect((await post('SUC-UNO', { fecha_desde: VISPERA })).status).toBe(200);
  });

  it('are switched off for one day only when it is named', async () => {
    klk.setFault('SUC-UNO', '500');
    klk.setFault('SUC-UNO', '503', { dia: DIA });
    klk.setFault('SUC-UNO', undefined, { dia: DIA });

    expect((await post('SUC-UNO')).status).toBe(500);
  });

  it('are refused by an unknown name, with the known ones in the message', () => {
    const unknown: unknown = 'lluvia';

    expect(() => {
      Reflect.apply(klk.setFault, klk, ['SUC-UNO', unknown]);
    }).toThrow(/no existe la falla "lluvia"; existen: .*cierra, .*ceros.*horas-ignoradas/);
  });

  it('may be a function for a branch, which gets the healthy answer', async () => {
    klk.setFault('SUC-UNO', (response, { meta }) => response.writeHead(202).end(JSON.stringify(meta)), 1);

    const answer = await post('SUC-UNO');

    expect([answer.status, await answer.json()]).toEqual([
      202,
      expect.objectContaining({ sucursal_codigo: 'SUC-UNO' }),
    ]);
    expect((await post('SUC-UNO')).status).toBe(200);
  });
});

it('An answer about an unknown branch is an error', async () => {
  klk.setFault('SUC-UNO', 'sucursal-desconocida');

  expect(await (await post('SUC-UNO')).text()).toBe('{"error":"La sucursal SUC-UNO no existe"}');
});

describe('an answer that repeats the question wrongly', () => {
  it.each([
    ['otra-sucursal', { sucursal_codigo: 'OTRA-SUCURSAL' }],
    ['otro-dia', { fecha_desde: VISPERA, fecha_hasta: VISPERA }],
    ['otras-horas', { hora_desde: '01:23', hora_hasta: '01:24' }],
    ['otro-filtro', { CodArticulo: '000001' }],
  ] as const)('has the right lines all the same: %s', async (fault, expected) => {
    const { meta, ventas } = await ask(HORAS);

    expect(await askWith(fault)).toEqual({
      meta: { ...meta, ...expected, fecha_generacion: expect.any(String) },
      ventas,
    });
  });

  it('may leave out the question', async () => {
    const { ventas } = await ask(HORAS);

    expect(await askWith('sin-eco')).toEqual({
      meta: { total_registros: ventas.length, fecha_generacion: expect.any(String) },
      ventas,
    });
  });
});

describe('a wrong total', () => {
  it.each<[VentasFault, (lineas: number) => number, (lineas: number) => unknown]>([
    ['incompleta', (lineas) => lineas - 1, (lineas) => lineas],
    ['total-de-menos', (lineas) => lineas, (lineas) => lineas - 1],
    ['total-ausente', (lineas) => lineas, () => undefined],
    ['total-texto', (lineas) => lineas, () => 'N/A'],
    ['total-entre-comillas', (lineas) => lineas, (lineas) => String(lineas)],
  ])('announces other lines than are sent: %s', async (fault, sent, announced) => {
    const { length } = (await ask(HORAS)).ventas;

    const { meta, ventas } = await askWith(fault);

    expect(ventas).toHaveLength(sent(length));
    expect(meta.total_registros).toEqual(announced(length));
  });
});

describe('lines other than those asked for', () => {
  it('are cut, with the total of all lines or with that of the lines sent', async () => {
    const { ventas } = await ask();

    const told = await askWith({ tipo: 'cortada', corte: 50 }, {});
    const untold = await askWith({ tipo: 'cortada-callada', corte: 50 }, {});

    expect(told.ventas).toEqual(ventas.slice(0, 50));
    expect(told.meta.total_registros).toBe(ventas.length);
    expect(untold.ventas).toEqual(ventas.slice(0, 50));
    expect(untold.meta.total_registros).toBe(50);
    expect((await askWith('cortada', {})).ventas).toEqual(ventas);
  });

  it('are cut after 10,000 by default', async () => {
    const other = await startKlkSimulator({
      tiendas: [
        { nombre: 'UNO', tipo: 'tienda', almacenes: [{ codigo: 'UNO', nombre: 'PISO' }], sucursalKlk: 'S' },
      ],
      lineasPorDia: 12_500,
    });
    other.setFault('S', 'cortada-callada');
    const response = await fetch(`${other.baseUrl}/ventas`, {
      method: 'POST',
      body: JSON.stringify({ sucursal: 'S', fecha_desde: DIA, fecha_hasta: DIA }),
    });
    const { meta, ventas } = answerSchema.parse(await response.json());
    await other.close();

    expect([meta.total_registros, ventas.length]).toEqual([10_000, 10_000]);
  });

  it('are none, or half of them, counted right', async () => {
    const { length } = (await ask(HORAS)).ventas;

    const none = await askWith('vacia');
    const half = await askWith('encogida');

    expect([none.meta.total_registros, none.ventas.length]).toEqual([0, 0]);
    expect(half.ventas).toHaveLength(Math.floor(length / 2));
    expect(half.meta.total_registros).toBe(Math.floor(length / 2));
  });

  it('are those of the whole day, although some hours were asked for', async () => {
    const { ventas } = await ask();

    const ignored = await askWith('horas-ignoradas');

    expect(ignored.ventas).toEqual(ventas);
    expect(ignored.meta).toMatchObject({ hora_desde: '12:00', hora_hasta: '15:30' });
  });

  it('are those of the day before, or one of them among the others', async () => {
    const { ventas } = await ask(HORAS);
    const yesterday = await ask({ fecha_desde: VISPERA, fecha_hasta: VISPERA, ...HORAS });

    const all = await askWith('lineas-de-otro-dia');
    const one = await askWith('linea-de-otro-dia');

    expect(all.ventas).toEqual(yesterday.ventas);
    expect(all.meta).toMatchObject({ fecha_desde: DIA, total_registros: yesterday.ventas.length });
    expect(one.ventas.slice(1)).toEqual(ventas);
    expect(one.ventas[0]?.fecha).toBe(VISPERA);
  });

  it('have the number of an invoice of the day before', async () => {
    const { ventas } = await ask(HORAS);
    const yesterday = await ask({ fecha_desde: VISPERA, fecha_hasta: VISPERA });
    const numbers = new Set(yesterday.ventas.map(({ numero_factura }) => numero_factura));

    const { ventas: faulty } = await askWith('factura-de-otro-dia');

    expect(numbers.has(faulty[0]?.numero_factura)).toBe(true);
    expect(faulty[0]?.fecha).toBe(DIA);
    expect(faulty.slice(1)).toEqual(ventas.slice(1));
  });

  it('are of a warehouse of another store', async () => {
    const { ventas } = await askWith('almacen-ajeno');

    expect(new Set(ventas.map(({ cantidad: [cantidad] }) => cantidad?.codigo_almacen))).toEqual(
      new Set(['DOS']),
    );
  });
});

describe('a bad line', () => {
  const firstOf = async (fault: VentasFault): Promise<Answer['ventas'][number] | undefined> => {
    const [, ...others] = (await ask(HORAS)).ventas;
    const { meta, ventas } = await askWith(fault);
    expect(ventas.slice(-others.length)).toEqual(others);
    expect(meta.total_registros).toBe(ventas.length);
    return ventas[0];
  };

  it('has a quantity, an amount, a date, an hour or a line number that cannot be read', async () => {
    expect((await firstOf('cantidad-ilegible'))?.cantidad[0]?.cantidad_vendida).toBe('abc');
    expect((await firstOf('importe-ilegible'))?.financiero[0]?.venta_total_usd).toBe('1.234,56');
    expect((await firstOf('fecha-ilegible'))?.fecha).toBe('31/02/2026');
    expect((await firstOf('hora-ilegible'))?.hora).toBe('25:61:00');
    expect((await firstOf('linea-ilegible'))?.linea).toBe('uno');
  });

  it('has no number, no code of its article, or a code with a NUL', async () => {
    expect(await firstOf('sin-numero')).not.toHaveProperty('numero_factura');
    expect((await firstOf('sin-codigo'))?.producto[0]).not.toHaveProperty('codigo_producto');
    expect((await firstOf('codigo-nul'))?.producto[0]?.codigo_producto).toBe('000001\0');
  });

  it('has two articles, or none', async () => {
    expect((await firstOf('producto-doble'))?.producto).toHaveLength(2);
    expect((await firstOf('producto-vacio'))?.producto).toEqual([]);
  });

  it('is repeated, alike or with another quantity', async () => {
    const { length } = (await ask(HORAS)).ventas;

    const { ventas: alike } = await askWith('repetida-igual');
    const { ventas: other } = await askWith('repetida-distinta');

    for (const ventas of [alike, other]) {
      expect(ventas).toHaveLength(length + 1);
      expect([ventas[1]?.numero_factura, ventas[1]?.linea]).toEqual([
        ventas[0]?.numero_factura,
        ventas[0]?.linea,
      ]);
    }
    expect(alike[1]).toEqual(alike[0]);
    expect(other[1]).not.toEqual(other[0]);
  });

  it('is one in twenty', async () => {
    const { ventas } = await askWith('lineas-malas', {});

    expect(ventas.filter(({ cantidad: [cantidad] }) => cantidad?.cantidad_vendida === 'abc')).toHaveLength(
      Math.ceil(ventas.length / 20),
    );
  });

  it('has a text that a database refuses or a log must not show', async () => {
    const { ventas } = await askWith('texto-hostil');

    const names = ventas.slice(0, 4).map(({ producto: [producto] }) => producto?.descripcion_producto ?? '');
    expect(names[0]).toContain('\0');
    expect(names[1]).toContain('\u001b');
    expect(names[2]?.isWellFormed()).toBe(false);
    expect(names[3]?.length).toBeGreaterThan(10_000);
  });

  it('has fields that nobody documented, as all others do', async () => {
    const { ventas } = await askWith('campos-extra');

    expect(ventas.at(-1)).toMatchObject({ canal: 'CAJA', producto: [{ temporada: null }] });
  });
});

describe('a fault of the first line', () => {
  it.each([
    'factura-de-otro-dia',
    'almacen-ajeno',
    'cantidad-ilegible',
    'sin-numero',
    'repetida-distinta',
    'producto-vacio',
    'texto-hostil',
  ] as const)('leaves an answer without lines as it is: %s', async (fault) => {
    const { meta, ventas } = await askWith(fault, { hora_desde: '02:00:00', hora_hasta: '03:00:00' });

    expect([meta.total_registros, ventas.length]).toEqual([0, 0]);
  });
});
