import { request as httpRequest } from 'node:http';
import type { ReadableStream } from 'node:stream/web';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { KLK_FAULTS, isKlkFault } from '../../local/klk-simulator/faults.ts';
import type { KlkFaultSetting } from '../../local/klk-simulator/faults.ts';
import { startKlkSimulator } from '../../local/klk-simulator/server.ts';
import type { KlkSimulator } from '../../local/klk-simulator/server.ts';

const ARTICULOS = 100;
const fila = z.looseObject({
  Codigo: z.string().optional(),
  NombreProducto: z.string(),
  Barra: z.string(),
  stock: z.unknown(),
});
const answerSchema = z.object({
  meta: z.looseObject({ total_articulos: z.unknown().optional() }),
  articulos: z.array(fila),
});

let klk: KlkSimulator;

beforeAll(async () => {
  const tiendas = ['UNO', 'DOS'].map((codigo) => ({
    nombre: codigo,
    tipo: 'tienda',
    almacenes: [{ codigo, nombre: 'PISO DE VENTA' }],
    sucursalKlk: `SUC-${codigo}`,
  }));
  klk = await startKlkSimulator({ tiendas, articulosPorAlmacen: ARTICULOS, movimiento: 0 });
});

beforeEach(() => {
  for (const codigo of ['UNO', 'DOS', 'SUC-UNO', '*']) klk.setFault(codigo, undefined);
});

afterAll(() => klk.close());

function post(codigo: string, init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify({ Codigoalmacen: codigo });
  return fetch(`${klk.baseUrl}/maestra/articulos/almacen`, { method: 'POST', body, ...init });
}

async function ask(codigo: string): Promise<z.infer<typeof answerSchema>> {
  return answerSchema.parse(await (await post(codigo)).json());
}

async function askWith(setting: KlkFaultSetting): Promise<z.infer<typeof answerSchema>> {
  klk.setFault('UNO', setting);
  return ask('UNO');
}

const postVentas = (sucursal: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${klk.baseUrl}/ventas`, {
    method: 'POST',
    body: JSON.stringify({ sucursal, fecha_desde: '2026-03-16', fecha_hasta: '2026-03-16' }),
    ...init,
  });

/** The code of the network error that a request or its body ends with. */
async function networkError(result: Promise<unknown>): Promise<string> {
  const error: unknown = await result.catch((reason: unknown) => reason);
  return z.object({ cause: z.object({ code: z.string() }) }).parse(error).cause.code;
}

/** How many bytes arrive until there are `enough`; the rest is refused. */
async function countBytes(response: Response, enough: number): Promise<number> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes >= enough) break;
  }
  return bytes;
}

describe('the faults of the simulator', () => {
  it.each(Object.entries(KLK_FAULTS))('have a name and a description of one line: %s', (name, fault) => {
    expect(fault.descripcion).toMatch(/^[^\n]{5,110}$/);
    expect(isKlkFault(name)).toBe(true);
  });

  it.each(['', 'html ', 'HTML', 'toString', '__proto__'])('have no fault named %j', (name) => {
    expect(isKlkFault(name)).toBe(false);
  });

  it('concern one warehouse, for as many requests as given', async () => {
    klk.setFault('UNO', '500', 2);

    const statuses = [];
    for (const codigo of ['UNO', 'DOS', 'UNO', 'UNO']) statuses.push((await post(codigo)).status);

    expect(statuses).toEqual([500, 200, 500, 200]);
  });

  it('concern with * all warehouses that have no fault of their own', async () => {
    klk.setFault('*', '502');
    klk.setFault('DOS', '400');

    expect([(await post('UNO')).status, (await post('DOS')).status]).toEqual([502, 400]);
  });

  it('may be a function, which gets the healthy answer', async () => {
    klk.setFault('UNO', (response, { meta }) => response.writeHead(202).end(JSON.stringify(meta)), 1);

    const answer = await post('UNO');

    expect([answer.status, await answer.json()]).toEqual([
      202,
      expect.objectContaining({ total_articulos: ARTICULOS }),
    ]);
    expect((await ask('UNO')).articulos).toHaveLength(ARTICULOS);
  });
});

describe.each([
  ['an answer about the stock', 'UNO', post],
  ['an answer about the sales', 'SUC-UNO', postVentas],
] as const)('a fault of %s', (_answer, codigo, postTo) => {
  describe('of the connection', () => {
    it.each([
      ['cierra', 'UND_ERR_SOCKET'],
      ['reset', 'ECONNRESET'],
    ] as const)('ends it without an answer: %s', async (fault, expected) => {
      klk.setFault(codigo, fault);

      expect(await networkError(postTo(codigo))).toBe(expected);
    });

    it('never answers', async () => {
      klk.setFault(codigo, 'sin-cabeceras');

      await expect(postTo(codigo, { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout');
    });

    it('sends less than it announced', async () => {
      klk.setFault(codigo, 'cuerpo-corto');

      const response = await postTo(codigo, { signal: AbortSignal.timeout(20_000) });

      expect(response.status).toBe(200);
      expect(await networkError(response.text())).toBe('UND_ERR_SOCKET');
    });

    it('sends blanks without end, a few at a time', async () => {
      klk.setFault(codigo, 'goteo');
      const dripping = new AbortController();

      const response = await postTo(codigo, { signal: dripping.signal });
      const started = Date.now();

      expect(await countBytes(response, 4)).toBe(4);
      expect(Date.now() - started).toBeGreaterThan(100);
      dripping.abort();
    });

    it('sends a body without end', async () => {
      klk.setFault(codigo, 'infinito');

      expect(await countBytes(await postTo(codigo), 5_000_000)).toBeGreaterThanOrEqual(5_000_000);
    });

    it('answers late', async () => {
      klk.setFault(codigo, 'lenta', 1);
      const started = Date.now();

      expect((await postTo(codigo)).status).toBe(200);
      expect(Date.now() - started).toBeGreaterThanOrEqual(1990);
    });
  });

  describe('of the status', () => {
    it.each(['400', '401', '403', '404', '429', '500', '502', '503', '504'] as const)(
      'answers %s',
      async (fault) => {
        klk.setFault(codigo, fault);

        const response = await postTo(codigo);

        expect(String(response.status)).toBe(fault);
        expect(response.headers.has('retry-after')).toBe(false);
      },
    );

    it.each(['429', '503'] as const)('answers %s with the Retry-After asked for', async (tipo) => {
      klk.setFault(codigo, { tipo, retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' });

      expect((await postTo(codigo)).headers.get('retry-after')).toBe('Wed, 21 Oct 2026 07:28:00 GMT');
    });

    it('redirects elsewhere', async () => {
      klk.setFault(codigo, 'redireccion');

      const response = await postTo(codigo, { redirect: 'manual' });

      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toBe('/otra/maestra/articulos/almacen');
    });
  });

  describe('of the body', () => {
    it.each([
      ['json-truncado', /^\{"meta":\{.*[^}]$/],
      ['html', /^<!DOCTYPE html>/],
      ['cuerpo-vacio', /^$/],
      ['nulo', /^null$/],
      ['forma', /^\{"resultado":\{"filas":\[\{/],
      ['sin-meta', /^\[\{"(NombreProducto|numero_factura)":.*\}\]$/],
      ['error', /^\{"error":"[^"]+"\}$/],
    ] as const)('answers 200 with a text that is not JSON: %s', async (fault, expected) => {
      klk.setFault(codigo, fault);

      const response = await postTo(codigo);

      expect(response.status).toBe(200);
      expect(await response.text()).toMatch(expected);
    });

    it('has a byte that is not UTF-8', async () => {
      klk.setFault(codigo, 'utf8-invalido');
      const bytes = await (await postTo(codigo)).arrayBuffer();

      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow('not valid');
      expect(JSON.parse(new TextDecoder().decode(bytes))).toHaveProperty('meta');
    });

    it('starts with a byte order mark', async () => {
      klk.setFault(codigo, 'bom');
      const bytes = Buffer.from(await (await postTo(codigo)).arrayBuffer());

      expect(bytes.subarray(0, 4).toString('hex')).toBe('efbbbf7b');
    });
  });
});

it('A fault does not keep the simulator from closing', async () => {
  for (const fault of ['goteo', 'infinito', 'sin-cabeceras', 'lenta'] as const) {
    const other = await startKlkSimulator({ tiendas: [] });
    other.setFault('*', fault);
    const { port } = new URL(other.baseUrl);
    const closed = new Promise((resolve) => {
      httpRequest(
        { port, host: '127.0.0.1', method: 'POST', path: '/maestra/articulos/almacen' },
        (response) => response.on('error', resolve).resume(),
      )
        .on('error', resolve)
        .end('{"Codigoalmacen":"UNO"}');
    });
    while (other.requests[0]?.codigos.length !== 1) await new Promise(setImmediate);

    await other.close();

    expect(await closed).toMatchObject({ code: 'ECONNRESET' });
  }
});

describe('a fault of the content', () => {
  it.each([
    ['incompleta', ARTICULOS - 1, ARTICULOS],
    ['total-ausente', ARTICULOS, undefined],
    ['total-texto', ARTICULOS, 'N/A'],
    ['vacia', 0, 0],
    ['encogida', ARTICULOS / 2, ARTICULOS / 2],
    ['duplicado-igual', ARTICULOS + 1, ARTICULOS + 1],
    ['duplicado-distinto', ARTICULOS + 1, ARTICULOS + 1],
    ['ceros', ARTICULOS, ARTICULOS],
  ] as const)('%s: %i rows announced as %p', async (fault, rows, total) => {
    const { meta, articulos } = await askWith(fault);

    expect(articulos).toHaveLength(rows);
    expect(meta.total_articulos).toBe(total);
  });

  it('names another warehouse', async () => {
    const { meta } = await askWith('otro-almacen');

    expect(meta['almacences_filtrados']).toBe('["OTRO-ALMACEN"]');
  });

  it('has no stock at all, or only half of the positive stock', async () => {
    const positive = (articulos: { stock?: unknown }[]): number =>
      articulos.filter(({ stock }) => typeof stock === 'number' && stock > 0).length;
    const before = positive((await ask('UNO')).articulos);

    const { articulos: todos } = await askWith('ceros');
    const { articulos: mitad } = await askWith('ceros-parciales');

    expect(new Set(todos.map(({ stock }) => stock))).toEqual(new Set([0]));
    expect(positive(mitad)).toBe(Math.floor(before / 2));
  });

  it.each([
    ['fila-mala', 1],
    ['filas-malas', ARTICULOS / 20],
  ] as const)('has stock that is no number: %s', async (fault, expected) => {
    const { articulos } = await askWith(fault);

    expect(articulos.filter(({ stock }) => typeof stock !== 'number')).toHaveLength(expected);
  });

  it('changes the first row only: its code, its price', async () => {
    const [healthy, ...others] = (await ask('UNO')).articulos;

    const { articulos: sinCodigo } = await askWith('sin-codigo');
    const { articulos: conNul } = await askWith('codigo-nul');
    const { articulos: sinPrecio } = await askWith('precio-ilegible');

    expect(sinCodigo[0]).not.toHaveProperty('Codigo');
    expect(conNul[0]).toEqual({ ...healthy, Codigo: '000001\0' });
    expect(sinPrecio[0]).toEqual({ ...healthy, Precio: '1.234,56' });
    for (const articulos of [sinCodigo, conNul, sinPrecio]) expect(articulos.slice(1)).toEqual(others);
  });

  it('has an article twice with different barcodes, and the same stock or another', async () => {
    const { articulos: iguales } = await askWith('duplicado-igual');
    const { articulos: distintos } = await askWith('duplicado-distinto');

    for (const [one, other] of [iguales, distintos]) {
      expect(other?.Codigo).toBe(one?.Codigo);
      expect(other?.Barra).not.toBe(one?.Barra);
    }
    expect(iguales[1]?.stock).toBe(iguales[0]?.stock);
    expect(distintos[1]?.stock).not.toBe(distintos[0]?.stock);
  });

  it('has names that a database refuses or a log must not show', async () => {
    const { articulos } = await askWith('texto-hostil');

    const names = articulos.slice(0, 4).map(({ NombreProducto }) => NombreProducto);
    expect(names[0]).toContain('\0');
    expect(names[1]).toContain('\u001b');
    expect(names[2]?.isWellFormed()).toBe(false);
    expect(names[3]?.length).toBeGreaterThan(10_000);
  });

  it('has undocumented fields', async () => {
    const { articulos } = await askWith('campos-extra');

    expect(articulos.at(-1)).toMatchObject({ Proveedor: 'N/A', UltimaCompra: null });
  });
});
