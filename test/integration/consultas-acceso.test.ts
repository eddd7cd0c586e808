import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeCursor } from '../../lambdas/consultas/cursor.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { ENDPOINTS } from '../../lambdas/consultas/endpoints/index.ts';
import type { Endpoint } from '../../lambdas/consultas/endpoint.ts';
import { claimsOf, COMPRADOR, gerenteDe, useConsultas } from '../support/consultas.ts';

const { database, get } = await useConsultas();

/** Only the foreign store sold for so much. */
const VENTA_AJENA = '98765.43';

beforeAll(async () => {
  await database.query(
    `INSERT INTO ubicaciones (id, nombre, tipo) VALUES ('tienda_01', 'FERIAS', 'tienda'), ('tienda_02', 'BOSQUE', 'tienda');
     INSERT INTO productos (id, codigo, nombre, categoria) VALUES ('000001', '000001', 'ARROZ', 'VIVERES');
     INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total, costo_total, utilidad_bruta, unidad_medida_venta)
     SELECT t.id, 'F1', 1, (d.dia + time '10:00') AT TIME ZONE 'America/Caracas', d.dia, '000001', 1, t.venta, 1, t.venta - 1, 'UND'
       FROM (VALUES ('tienda_01', 10), ('tienda_02', ${VENTA_AJENA})) AS t (id, venta)
      CROSS JOIN (SELECT (now() AT TIME ZONE 'America/Caracas')::date - n AS dia FROM generate_series(0, 30) AS n) AS d;
     INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lineas, facturas, venta_total, unidades, lecturas, leido, cerrado)
     SELECT ubicacion_id, dia, '00:00', '24:00', 'cerrado', 1, 1, venta_total, 1, 2, now(), now() FROM ventas`,
  );
});

/** An address with its path filled in. */
const pathOf = ({ path }: Endpoint): string => path.replaceAll(/\{\w+\}/g, '000001');

const FORMATOS = (endpoint: Endpoint): string[] => (endpoint.csv ? ['json', 'csv'] : ['json']);

const CASES = ENDPOINTS.flatMap((endpoint) =>
  FORMATOS(endpoint).map((formato) => ({
    titulo: `${endpoint.path} as ${formato}`,
    endpoint,
    query: formato === 'csv' ? 'formato=csv' : '',
  })),
);

const ask = (endpoint: Endpoint, query: string): string =>
  `${pathOf(endpoint)}${query === '' ? '' : `?${query}`}`;

describe.each(CASES)('$titulo', ({ endpoint, query }) => {
  const restricted = 'tienda' in endpoint.parameters.shape;

  it.each([
    ['without a token', null, 401, 'sin-sesion'],
    ['with an expired token', { ...COMPRADOR, exp: 1_700_000_000 }, 401, 'sin-sesion'],
    ['with a token of another issuer', { ...COMPRADOR, iss: 'https://otro.example' }, 401, 'sin-sesion'],
    ['with a token for another application', { ...COMPRADOR, aud: 'otra' }, 401, 'sin-sesion'],
    ['without a role', claimsOf({ 'custom:tiendas': 'tienda_01' }), 403, 'sin-acceso'],
    ['to a manager without stores', claimsOf({ 'cognito:groups': 'gerentes' }), 403, 'sin-acceso'],
  ])('It answers no data %s', async (_title, claims, status, tipo) => {
    const answer = await get(ask(endpoint, query), { claims });

    expect(answer).toMatchObject({ status, json: { type: `urn:consultas:${tipo}` } });
  });

  it('It answers a buyer and a manager of an active store', async () => {
    for (const claims of [COMPRADOR, gerenteDe('tienda_01')]) {
      expect(await get(ask(endpoint, query), { claims })).toMatchObject({ status: 200 });
    }
  });

  it('It shows a manager no sale of a foreign store', async () => {
    const { text } = await get(ask(endpoint, query), { claims: gerenteDe('tienda_01') });

    for (const written of [VENTA_AJENA, VENTA_AJENA.replace('.', ',')]) expect(text).not.toContain(written);
  });

  if (restricted) {
    const of = (tienda: string): string =>
      ask(endpoint, `${query}${query === '' ? '' : '&'}tienda=${tienda}`);

    it('It refuses a foreign store, whether it exists or not', async () => {
      for (const tienda of ['tienda_02', 'tienda_99', 'tienda_01,tienda_02', '*']) {
        const answer = await get(of(tienda), { claims: gerenteDe('tienda_01') });
        expect(answer).toMatchObject({ status: 403, json: { type: 'urn:consultas:tienda-ajena' } });
      }
    });

    it('It refuses a foreign store that another user has just got', async () => {
      const { headers } = await get(of('tienda_02'));
      const answer = await get(of('tienda_02'), {
        claims: gerenteDe('tienda_01'),
        headers: { 'If-None-Match': headers.get('ETag') ?? '' },
      });
      expect(answer.status).toBe(403);
    });

    it('It answers a manager about his own store, and names the valid stores for an unknown one', async () => {
      expect(await get(of('tienda_01'), { claims: gerenteDe('tienda_01', 'tienda_02') })).toMatchObject({
        status: 200,
      });
      expect(await get(of('tienda_99'))).toMatchObject({
        status: 400,
        json: { errores: [{ campo: 'tienda', validos: ['tienda_02', 'tienda_01'] }] },
      });
    });
  }
});

describe('Two people who may see different stores', () => {
  it("They cannot use each other's cursor", async () => {
    const question = JSON.stringify(['/existencias', [], diaAt(new Date()), 'comprador:*']);
    const path = `/existencias?cursor=${writeCursor([null, null, '', ''], question)}`;
    expect((await get(path)).status).toBe(200);
    for (const claims of [gerenteDe('tienda_01'), gerenteDe('tienda_01', 'tienda_02')]) {
      expect(await get(path, { claims })).toMatchObject({
        status: 400,
        json: { errores: [{ campo: 'cursor' }] },
      });
    }
  });

  it("They never get 304 for each other's ETag", async () => {
    for (const endpoint of ENDPOINTS) {
      const etags = await Promise.all(
        [COMPRADOR, gerenteDe('tienda_01'), gerenteDe('tienda_02'), gerenteDe('tienda_01', 'tienda_02')].map(
          async (claims) => (await get(pathOf(endpoint), { claims })).headers.get('ETag'),
        ),
      );
      expect(new Set(etags).size).toBe(4);
    }
  });
});

describe('Whatever is asked', () => {
  const NASTY = [
    "'; DROP TABLE ubicaciones; --",
    "' OR '1'='1",
    '%00',
    '\u0000',
    '\uD800',
    '../../etc/passwd',
    '$1',
    '{{7*7}}',
    '-1',
    '9'.repeat(400),
    '2026-02-30',
    '9999-12-31',
    '0000-00-00',
    '0000-01-01',
    '0001-01-01',
    'NaN',
    'a'.repeat(10_000),
    '%',
    '\\',
    'İ',
  ];
  const valor = fc.oneof(
    fc.constantFrom(...NASTY),
    fc.constantFrom('tienda_01', 'csv', 'json', '2026-11-24', '2026-11', 'articulo', 'categoria'),
    fc.string({ unit: 'binary' }),
  );

  it.each(ENDPOINTS.map((endpoint) => [endpoint.path, endpoint] as const))(
    'It is never a fault of %s: an answer, or a problem that names the parameter',
    async (_ruta, endpoint) => {
      const nombres = Object.keys(endpoint.parameters.shape).filter(
        (nombre) => !endpoint.inPath.includes(nombre),
      );
      const nombre = nombres.length === 0 ? fc.string() : fc.oneof(fc.constantFrom(...nombres), fc.string());
      const pedido = fc.record({
        path: fc.oneof(fc.constant('000001'), valor),
        query: fc.array(fc.tuple(nombre, valor), { maxLength: 4 }),
        gerente: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(pedido, async ({ path, query, gerente }) => {
          const ruta = endpoint.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(path.toWellFormed()));
          const params = new URLSearchParams(query.map(([n, v]): [string, string] => [n, v]));
          const answer = await get(`${ruta}?${params.toString()}`, {
            claims: gerente ? gerenteDe('tienda_01') : COMPRADOR,
          });
          expect([200, 400, 403, 404]).toContain(answer.status);
        }),
        { numRuns: 100 },
      );
    },
  );

  it('A cursor of another day is refused: without days in the address it would go on in those of today', async () => {
    const question = JSON.stringify(['/existencias', [], addDias(diaAt(new Date()), -1), 'comprador:*']);
    expect(await get(`/existencias?cursor=${writeCursor([null, null, '', ''], question)}`)).toMatchObject({
      status: 400,
      json: { errores: [{ campo: 'cursor' }] },
    });
  });

  it('A forged cursor is never answered with an internal error', async () => {
    const texts = ['', 'x', '[', '"', 'null', '[[[[', '{"__proto__":1}'];
    const nasty = ['', '\u0000', '\uD800', "'", '\\', '\n', 'a'.repeat(1_000)];
    const numbers = [null, '0', '-1.5', `${'9'.repeat(40)}.${'9'.repeat(40)}`];
    const keys = nasty.flatMap((text) =>
      numbers.flatMap((n) => [
        [n, text, text, text],
        { n, t: text, id: text },
        { n, almacen: text, codigo: text },
        ...[
          '0000-01-01T00:00:00Z',
          '0001-01-01T00:00:00Z',
          '9999-12-31T23:59:59.999999Z',
          `2026-11-24T08:00:00.${'9'.repeat(200)}Z`,
        ].map((momento) => [momento, n, text, text]),
      ]),
    );
    for (const { path } of ENDPOINTS.filter(({ parameters }) => 'cursor' in parameters.shape)) {
      const question = JSON.stringify([path, [], diaAt(new Date()), 'comprador:*']);
      const statuses = new Set<number>();
      for (const json of [...texts, ...keys.map((key) => JSON.stringify(key))]) {
        const binding = createHash('sha256')
          .update(JSON.stringify([question, json]))
          .digest('base64url');
        const cursor = Buffer.from(`${binding.slice(0, 22)}${json}`).toString('base64url');
        statuses.add((await get(`${path}?cursor=${cursor}`)).status);
      }
      expect([...statuses].toSorted()).toEqual([200, 400]);
    }
  });

  it.each([
    ['a path that climbs', '/../tiendas/..%2f..%2fetc'],
    ['a path with a control character', '/tiendas%00'],
    ['an escape that is cut off', '/tiendas/%'],
    ['no path', '/'],
    ['a path of another service', '/api/tiendas'],
    ['a doubled slash', '//tiendas'],
  ])('It is not found: %s', async (_title, path) => {
    expect(await get(path)).toMatchObject({ status: 404, json: { type: 'urn:consultas:no-encontrado' } });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('It is refused when it is a %s', async (method) => {
    for (const { path } of [...ENDPOINTS, { path: '/openapi.json' }]) {
      const answer = await get(path.replaceAll(/\{\w+\}/g, '1'), { method });
      expect(answer).toMatchObject({ status: 405, json: { type: 'urn:consultas:metodo' } });
      expect(answer.headers.get('Allow')).toBe('GET');
    }
  });

  it('A request with strange headers is answered', async () => {
    const headers = {
      'If-None-Match': `W/"${'a'.repeat(5_000)}", *, "x"`,
      Accept: 'text/html',
      'X-Forwarded-Host': 'otro.example',
      'X-HTTP-Method-Override': 'DELETE',
      Cookie: 'a=b',
    };
    expect(await get('/sesion', { headers })).toMatchObject({ status: 200 });
  });
});
