import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { readCobertura } from '../../lambdas/consultas/queries/read-cobertura.ts';
import { readTiendas } from '../../lambdas/consultas/queries/read-tiendas.ts';
import type { Tienda } from '../../lambdas/consultas/queries/read-tiendas.ts';
import { readVentas } from '../../lambdas/consultas/queries/read-ventas.ts';
import type { FilaVentas } from '../../lambdas/consultas/queries/read-ventas.ts';
import type { Nivel, Orden } from '../../lambdas/consultas/queries/ventas-statements.ts';
import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import { addDias } from '../../lambdas/core/time/dia.ts';
import { gerenteDe, useConsultas } from '../support/consultas.ts';
import type { AskOptions } from '../support/consultas.ts';
import { clearTables, withPipelineDatabase } from '../support/inventory.ts';

const { database, reader, get } = await useConsultas();

const HOY = await database
  .query(`SELECT to_char(now() AT TIME ZONE 'America/Caracas', 'YYYY-MM-DD') AS hoy`)
  .then(([row]) => String(row?.['hoy']));

/** The day so many days ago. */
const hace = (dias: number): string => addDias(HOY, -dias);

const ESTADOS = {
  completo: `'cerrado', 2, now(), now(), NULL, NULL, NULL`,
  provisional: `'provisional', 1, now(), NULL, NULL, NULL, NULL`,
  falta: `'pendiente', 0, NULL, NULL, NULL, NULL, NULL`,
  fallido: `'fallido', 1, now(), NULL, 'KLK_TIEMPO', 'no contestó', now()`,
} as const;

/** Notes in the ledger how these days of a store, so many days ago, were read. */
const read = (tienda: string, estado: keyof typeof ESTADOS, ...dias: readonly number[]): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, cerrado, error_codigo, error_mensaje, error_momento)
     SELECT $1, $2::date - n, '00:00', '24:00', ${ESTADOS[estado]} FROM unnest($3::integer[]) AS n`,
    [tienda, HOY, dias],
  );

/** These stores as they are now: what is read is kept for an object, and this one is new. */
const tiendasOf = async (client: Queryable, ids: readonly string[]): Promise<Tienda[]> =>
  (await readTiendas(client, { version: '', hoy: HOY })).filter(({ id }) => ids.includes(id));

type Line = readonly [
  producto: string,
  cantidad: number,
  unidad: 'UNIDAD' | 'KG',
  venta: number,
  costo: number | null,
];

/** An invoice so many days ago. */
const sell = (tienda: string, dias: number, factura: string, ...lines: readonly Line[]): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
     SELECT $1, $2, l.linea, ($3::date + time '12:00') AT TIME ZONE 'America/Caracas', $3::date, l.producto, l.cantidad, l.unidad, l.venta, l.costo, l.venta - l.costo
       FROM unnest($4::text[], $5::numeric[], $6::text[], $7::numeric[], $8::numeric[]) WITH ORDINALITY AS l (producto, cantidad, unidad, venta, costo, linea)`,
    [
      tienda,
      factura,
      hace(dias),
      lines.map(([producto]) => producto),
      lines.map(([, cantidad]) => cantidad),
      lines.map(([, , unidad]) => unidad),
      lines.map(([, , , venta]) => venta),
      lines.map(([, , , , costo]) => costo),
    ],
  );

async function reset(): Promise<void> {
  await clearTables(database);
  await database.query(
    `INSERT INTO ubicaciones (id, nombre, tipo) VALUES ('tienda_01', 'FERIAS', 'tienda'), ('tienda_02', 'BOSQUE', 'tienda'), ('tienda_03', 'TAZAJAL', 'tienda'), ('cedi_01', 'CEDI', 'cedi');
     INSERT INTO productos (id, codigo, nombre, categoria, codigo_barras) VALUES
       ('A', 'A', 'ARROZ', 'VIVERES', '759001'), ('B', 'B', 'BANANA', 'FRUVER', NULL), ('C', 'C', 'CAFE', 'VIVERES', '759003'), ('D', 'D', 'DURAZNO', 'FRUVER', NULL)`,
  );
}

/** What a test needs of a page to ask for the next one. */
const Page = z.object({
  filas: z.array(z.object({ clave: z.object({ id: z.string() }) })),
  siguiente: z.string().nullable(),
});

const ventas = async (query = '', options: AskOptions = {}): Promise<unknown> => {
  const { status, json } = await get(`/ventas${query}`, options);
  expect(status).toBe(200);
  return json;
};

/** A comparison, so that a day left out of it is seen. */
const comparacion = (
  ventaUsd: number,
  ventaComparableUsd: number,
  variacionPct: number | null,
  diasComparados: number,
  dias: number,
): Record<string, unknown> => ({ ventaUsd, ventaComparableUsd, variacionPct, diasComparados, dias });

describe('Yesterday in three stores', () => {
  /*
   * FERIAS sold yesterday, provisionally: 2 + 1 - 1 = 2 units and 1.5 kilos, 10 + 3 + 7 - 5 = 15 USD on three invoices, 5 USD each. CAFE has no known cost:
   * profit (10 - 6) + (3 - 2) + (-5 + 3) = 3 over 10 + 3 - 5 = 8, 37.5 %. The day a week before: 12 USD, so 3 / 12 = 25 % more.
   * BOSQUE began to sell six days ago; the ledger has its empty day of a week before. TAZAJAL's yesterday failed in part: it has 2 USD of it.
   */
  beforeAll(async () => {
    await reset();
    await read('tienda_01', 'provisional', 1, 2);
    await read('tienda_01', 'completo', 8);
    await sell('tienda_01', 1, 'F-1', ['A', 2, 'UNIDAD', 10, 6], ['B', 1.5, 'KG', 3, 2]);
    await sell('tienda_01', 1, 'F-2', ['C', 1, 'UNIDAD', 7, null]);
    await sell('tienda_01', 1, 'F-3', ['A', -1, 'UNIDAD', -5, -3]);
    await sell('tienda_01', 8, 'F-4', ['A', 2, 'UNIDAD', 8, 5], ['D', 0.5, 'KG', 4, 3]);
    await read('tienda_02', 'completo', 1, 6, 8);
    await sell('tienda_02', 1, 'F-1', ['A', 1, 'UNIDAD', 4, 5]);
    await sell('tienda_02', 6, 'F-2', ['D', 3, 'UNIDAD', 9, 6], ['D', 0.25, 'KG', 1, 1]);
    await read('tienda_03', 'fallido', 1);
    await read('tienda_03', 'completo', 8);
    await sell('tienda_03', 1, 'F-1', ['C', 1, 'UNIDAD', 2, null]);
    await sell('tienda_03', 8, 'F-2', ['C', 1, 'UNIDAD', 1, null]);
  });

  const FERIAS = {
    unidades: 2,
    kilos: 1.5,
    ventaUsd: 15,
    utilidadUsd: 3,
    margenPct: 37.5,
    facturas: 3,
    ticketUsd: 5,
    incompleto: false,
  };

  it('Each store has its sums, its margin over what has a known cost, and what it sold the same day of the last week', async () => {
    expect(await ventas()).toMatchObject({
      periodo: { desde: hace(1), hasta: hace(1) },
      anterior: { desde: hace(8), hasta: hace(8) },
      filas: [
        {
          clave: { id: 'tienda_01', nombre: 'FERIAS' },
          ...FERIAS,
          comparacion: { ...comparacion(12, 15, 25, 1, 1), unidades: 2, kilos: 0.5 },
        },
        {
          clave: { id: 'tienda_02', nombre: 'BOSQUE' },
          ventaUsd: 4,
          utilidadUsd: -1,
          margenPct: -25,
          facturas: 1,
          incompleto: false,
          // It did not sell yet a week before.
          comparacion: comparacion(0, 0, null, 0, 1),
        },
        {
          clave: { id: 'tienda_03', nombre: 'TAZAJAL' },
          ventaUsd: 2,
          utilidadUsd: null,
          margenPct: null,
          incompleto: true,
          comparacion: comparacion(0, 0, null, 0, 1),
        },
      ],
      siguiente: null,
    });
  });

  it('The total is of all stores: what is compared is FERIAS alone, and a day is missing', async () => {
    // Profit 3 - 1 = 2 over 8 + 4 = 12; five invoices for 21 USD.
    expect(await ventas()).toMatchObject({
      cobertura: { completa: false },
      total: {
        unidades: 4,
        kilos: 1.5,
        ventaUsd: 21,
        utilidadUsd: 2,
        margenPct: 16.7,
        facturas: 5,
        ticketUsd: 4.2,
        incompleto: true,
        comparacion: comparacion(12, 15, 25, 1, 3),
      },
    });
  });

  it('The categories of a store have no count of invoices', async () => {
    // VIVERES: 10 + 7 - 5 = 12 USD, profit 4 - 2 = 2 over 10 - 5 = 5. A week before: 8 of ARROZ.
    expect(await ventas('?nivel=categoria&tienda=tienda_01')).toMatchObject({
      filas: [
        {
          clave: { id: 'VIVERES', nombre: 'VIVERES' },
          unidades: 2,
          kilos: 0,
          ventaUsd: 12,
          utilidadUsd: 2,
          margenPct: 40,
          facturas: null,
          ticketUsd: null,
          comparacion: comparacion(8, 12, 50, 1, 1),
        },
        {
          clave: { id: 'FRUVER' },
          unidades: 0,
          kilos: 1.5,
          ventaUsd: 3,
          utilidadUsd: 1,
          margenPct: 33.3,
          comparacion: comparacion(4, 3, -25, 1, 1),
        },
      ],
      total: { ventaUsd: 15, facturas: null, ticketUsd: null, comparacion: comparacion(12, 15, 25, 1, 1) },
    });
  });

  it('The articles of a category have the count of their invoices; an article that sold only before is in the total alone', async () => {
    expect(await ventas('?nivel=articulo&tienda=tienda_01&categoria=FRUVER')).toMatchObject({
      filas: [
        {
          clave: { id: 'B', nombre: 'BANANA' },
          kilos: 1.5,
          ventaUsd: 3,
          facturas: 1,
          comparacion: comparacion(0, 3, null, 1, 1),
        },
      ],
      total: { ventaUsd: 3, facturas: null, comparacion: comparacion(4, 3, -25, 1, 1) },
    });
    // ARROZ: F-1 and the return F-3.
    expect(await ventas('?nivel=articulo&tienda=tienda_01&q=arr')).toMatchObject({
      filas: [
        {
          clave: { id: 'A' },
          unidades: 1,
          ventaUsd: 5,
          utilidadUsd: 2,
          margenPct: 40,
          facturas: 2,
          ticketUsd: null,
        },
      ],
      total: { ventaUsd: 5, margenPct: 40, comparacion: comparacion(8, 5, -37.5, 1, 1) },
    });
    expect(await ventas('?nivel=articulo&tienda=tienda_01')).toMatchObject({
      filas: [{ clave: { id: 'C' } }, { clave: { id: 'A' } }, { clave: { id: 'B' } }],
      total: { ventaUsd: 15, utilidadUsd: 3, margenPct: 37.5, comparacion: comparacion(12, 15, 25, 1, 1) },
    });
  });

  it('An article of units and kilos keeps them apart', async () => {
    const query = `?nivel=articulo&tienda=tienda_02&desde=${hace(6)}&hasta=${hace(6)}&comparar=no`;
    expect(await ventas(query)).toMatchObject({
      anterior: null,
      filas: [
        { clave: { id: 'D' }, unidades: 3, kilos: 0.25, ventaUsd: 10, utilidadUsd: 3, comparacion: null },
      ],
    });
  });

  it('Stores can be compared in one category, without their invoices', async () => {
    expect(await ventas('?categoria=FRUVER')).toMatchObject({
      filas: [
        {
          clave: { id: 'tienda_01' },
          ventaUsd: 3,
          facturas: null,
          comparacion: comparacion(4, 3, -25, 1, 1),
        },
        { clave: { id: 'tienda_02' }, ventaUsd: 0, facturas: null, incompleto: false },
        { clave: { id: 'tienda_03' }, ventaUsd: 0, incompleto: true },
      ],
      total: { ventaUsd: 3, facturas: null, comparacion: comparacion(4, 3, -25, 1, 3) },
    });
  });

  it.each([
    ['?orden=venta', ['tienda_03', 'tienda_02', 'tienda_01']],
    ['?orden=nombre', ['tienda_02', 'tienda_01', 'tienda_03']],
    ['?orden=-unidades', ['tienda_01', 'tienda_02', 'tienda_03']],
    ['?orden=margen', ['tienda_02', 'tienda_01', 'tienda_03']],
    ['?orden=-margen', ['tienda_01', 'tienda_02', 'tienda_03']],
    ['?q=bos', ['tienda_02']],
    ['?q=TIENDA_03', ['tienda_03']],
    ['?nivel=articulo&q=759', ['A', 'C']],
    ['?nivel=articulo&q=100%25', []],
    ['?nivel=articulo&q=759+Café', ['C']],
    [`?nivel=articulo&q=${encodeURIComponent('café'.normalize('NFD'))}`, ['C']],
    ['?nivel=categoria&q=viv', ['VIVERES']],
    ['?nivel=categoria&categoria=FRUVER', ['FRUVER']],
    ['?nivel=categoria&categoria=NINGUNA', []],
  ])('%s answers %j in this order', async (query, ids) => {
    expect(await ventas(query)).toMatchObject({ filas: ids.map((id) => ({ clave: { id } })) });
  });

  it('A manager gets the stores of the claim at every level, and no other', async () => {
    const claims = gerenteDe('tienda_02');
    expect(await ventas('', { claims })).toMatchObject({
      filas: [{ clave: { id: 'tienda_02' } }],
      total: { ventaUsd: 4 },
      cobertura: { completa: true },
    });
    expect(await ventas('?nivel=articulo', { claims })).toMatchObject({
      filas: [{ clave: { id: 'A' }, ventaUsd: 4 }],
    });
    for (const path of ['/ventas?tienda=tienda_01', '/ventas?tienda=tienda_01&formato=csv']) {
      expect((await get(path, { claims })).status).toBe(403);
    }
  });

  it('The CSV has the numbers of the answer, with a decimal comma', async () => {
    const { text, headers } = await get('/ventas?formato=csv&orden=nombre');

    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    const [, bosque, ferias, tazajal] = text.split('\r\n');
    expect(bosque).toBe('tienda_02;BOSQUE;1;0;4;-1;-25;1;4;0;0;0;0;;0;1;no');
    expect(ferias).toBe('tienda_01;FERIAS;2;1,5;15;3;37,5;3;5;15;12;2;0,5;25;1;1;no');
    expect(tazajal).toBe('tienda_03;TAZAJAL;1;0;2;;;1;2;0;0;0;0;;0;1;sí');
  });
});

describe('A store that sold n USD on the day n days ago', () => {
  /** 60 days of one unit of ARROZ a day, all closed, and the day 365 days ago; today is open. */
  beforeEach(async () => {
    await reset();
    const dias = [...Array.from({ length: 70 }, (_, index) => index + 1), 365];
    await read('tienda_01', 'completo', ...dias);
    await read('tienda_01', 'provisional', 0);
    await database.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, unidad_medida_venta, venta_total, costo_total, utilidad_bruta)
       SELECT 'tienda_01', 'F-' || n, 1, ($1::date - n + time '09:30') AT TIME ZONE 'America/Caracas', $1::date - n, 'A', 1, 'UNIDAD', n, n, 0
         FROM unnest($2::integer[]) AS n`,
      [HOY, dias],
    );
  });

  const period = (from: number, to: number): string =>
    `?tienda=tienda_01&desde=${hace(from)}&hasta=${hace(to)}`;

  it.each([
    // 1 against 8; 1 + … + 7 against 8 + … + 14.
    ['one day', 1, 7, 1, 8, -87.5],
    ['7 days', 7, 7, 28, 77, -63.6],
    // The least multiple of 7 that is not shorter: 14 days back, 15 + … + 24.
    ['10 days', 10, 14, 55, 195, -71.8],
    // 35 days back, 36 + … + 65.
    ['30 days', 30, 35, 465, 1515, -69.3],
  ])('%s are compared by the week', async (_title, days, jump, venta, antes, variacion) => {
    expect(await ventas(period(days, 1))).toMatchObject({
      anterior: { desde: hace(days + jump), hasta: hace(1 + jump) },
      filas: [
        { ventaUsd: venta, comparacion: comparacion(antes, venta, variacion, days, days), incompleto: false },
      ],
    });
  });

  it('With comparar=anio a day is compared with the same day of the week 364 days before', async () => {
    expect(await ventas(`${period(1, 1)}&comparar=anio`)).toMatchObject({
      anterior: { desde: hace(365), hasta: hace(365) },
      filas: [{ ventaUsd: 1, comparacion: comparacion(365, 1, -99.7, 1, 1) }],
    });
    // Of two days the ledger knows only one of the year before.
    expect(await ventas(`${period(2, 1)}&comparar=anio`)).toMatchObject({
      filas: [{ ventaUsd: 3, comparacion: comparacion(365, 1, -99.7, 1, 2), incompleto: false }],
    });
  });

  it.each([
    ['was never read', 'falta'],
    ['failed', 'fallido'],
  ] as const)(
    'A day that %s counts for what is known of it, is marked, and is compared with nothing',
    async (_title, estado) => {
      await database.query(`DELETE FROM ventas_tramos WHERE dia = $1::date`, [hace(3)]);
      await read('tienda_01', estado, 3);

      // 28 - 3 = 25 against 77 - 10 = 67.
      for (const nivel of ['tienda', 'categoria', 'articulo']) {
        expect(await ventas(`${period(7, 1)}&nivel=${nivel}`)).toMatchObject({
          cobertura: { completa: false, huecos: [{ tienda: 'tienda_01', dia: hace(3), estado }] },
          filas: [{ ventaUsd: 28, comparacion: comparacion(67, 25, -62.7, 6, 7), incompleto: true }],
          total: { ventaUsd: 28, comparacion: comparacion(67, 25, -62.7, 6, 7), incompleto: true },
        });
      }
    },
  );

  it('A missing day of the earlier period leaves out its pair only', async () => {
    await database.query(`DELETE FROM ventas_tramos WHERE dia = $1::date`, [hace(10)]);

    // Without 3 against 10.
    expect(await ventas(period(7, 1))).toMatchObject({
      filas: [{ ventaUsd: 28, comparacion: comparacion(67, 25, -62.7, 6, 7), incompleto: false }],
    });
  });

  it('A provisional day is compared', async () => {
    await database.query(`UPDATE ventas_tramos SET estado = 'provisional' WHERE dia = $1::date`, [hace(3)]);
    expect(await ventas(period(7, 1))).toMatchObject({
      cobertura: { completa: true, huecos: [{ dia: hace(3), estado: 'provisional' }] },
      filas: [{ comparacion: comparacion(77, 28, -63.6, 7, 7), incompleto: false }],
    });
  });

  it('A day that was last read before it ended is missing', async () => {
    await database.query(
      `UPDATE ventas_tramos SET leido = (dia + time '23:59') AT TIME ZONE 'America/Caracas' WHERE dia = $1::date`,
      [hace(3)],
    );
    expect(await ventas(period(7, 1))).toMatchObject({
      filas: [{ comparacion: comparacion(67, 25, -62.7, 6, 7), incompleto: true }],
    });
  });

  it('Today counts, is compared with nothing, and is incomplete until it is over', async () => {
    await sell('tienda_01', 0, 'F-0', ['A', 1, 'UNIDAD', 100, 50]);

    expect(await ventas(period(1, 0))).toMatchObject({
      filas: [{ ventaUsd: 101, comparacion: comparacion(8, 1, -87.5, 1, 2), incompleto: true }],
    });
    expect(await ventas(period(0, 0))).toMatchObject({
      filas: [{ ventaUsd: 100, comparacion: comparacion(0, 0, null, 0, 1), incompleto: true }],
    });
  });

  it('A closed day without sales is a day on which nothing was sold', async () => {
    await database.query(`DELETE FROM ventas WHERE dia IN ($1::date, $2::date)`, [hace(3), hace(9)]);

    // 28 - 3 against 77 - 9, all seven pairs.
    expect(await ventas(period(7, 1))).toMatchObject({
      filas: [{ ventaUsd: 25, comparacion: comparacion(68, 25, -63.2, 7, 7), incompleto: false }],
    });
  });

  it('Of days with more returns than sales nothing is a percentage', async () => {
    await sell('tienda_01', 8, 'F-R', ['A', -2, 'UNIDAD', -20, -10]);

    for (const nivel of ['tienda', 'articulo']) {
      expect(await ventas(`${period(1, 1)}&nivel=${nivel}`)).toMatchObject({
        filas: [{ ventaUsd: 1, comparacion: comparacion(-12, 1, null, 1, 1) }],
      });
    }
  });

  it('Days that the ledger does not know are missing', async () => {
    expect(await ventas(`${period(75, 70)}&comparar=no`)).toMatchObject({
      cobertura: { completa: false },
      filas: [{ ventaUsd: 70, incompleto: true }],
    });
  });

  // Each of 32 weeks of n is 1 + … + 6 = 21, and so is the rest; ARROZ is 1.
  it('A page after the first has the same total, and every row comes once', async () => {
    await database.query(
      `INSERT INTO productos (id, codigo, nombre) SELECT 'X' || n, 'X' || n, 'EQUIS' FROM generate_series(1, 230) AS n`,
    );
    await database.query(
      `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total)
       SELECT 'tienda_01', 'G-' || n, 1, ($1::date + time '10:00') AT TIME ZONE 'America/Caracas', $1::date, 'X' || n, 1, n % 7 FROM generate_series(1, 230) AS n`,
      [hace(1)],
    );
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await get(
        `/ventas?nivel=articulo&orden=venta${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      expect(json).toMatchObject({ total: { ventaUsd: 1 + 32 * 21 + 21 } });
      const { filas, siguiente } = Page.parse(json);
      expect(filas.length).toBeLessThanOrEqual(100);
      seen.push(...filas.map(({ clave }) => clave.id));
      cursor = siguiente ?? '';
    } while (cursor !== '');

    expect(seen).toHaveLength(231);
    expect(new Set(seen).size).toBe(231);
    const csv = await get('/ventas?nivel=articulo&orden=venta&formato=csv');
    expect(
      csv.text
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(';')[0]),
    ).toEqual(seen);
  });
});

describe('A page', () => {
  const articulos = fc.array(
    fc.record({
      nombre: fc.constantFrom('A', 'B', 'Ñ', 'a b'),
      categoria: fc.constantFrom('UNA', 'OTRA', 'TRES'),
      cantidad: fc.integer({ min: -2, max: 2 }),
      venta: fc.constantFrom(-1, 0, 0.004, 1, 2.5),
      costo: fc.constantFrom(null, 0, 1),
      dia: fc.constantFrom(1, 8),
    }),
    { maxLength: 9 },
  );
  const niveles: readonly Nivel[] = ['articulo', 'categoria', 'tienda'];
  const ordenes: readonly (readonly [Orden, (fila: FilaVentas) => number | string | null])[] = [
    ['-venta', ({ ventaUsd }) => -ventaUsd],
    ['venta', ({ ventaUsd }) => ventaUsd],
    ['nombre', ({ nombre }) => nombre.toLowerCase()],
    ['-unidades', ({ unidades }) => -unidades],
    ['-margen', ({ margenPct }) => (margenPct === null ? null : -margenPct)],
    ['margen', ({ margenPct }) => margenPct],
  ];
  /** Nothing known comes last; what is equal, by its id. */
  const compare = (a: number | string | null, b: number | string | null): number =>
    a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;

  it('Pages of any size have every row once, in the order asked for', async () => {
    await reset();
    await read('tienda_01', 'completo', 1, 8);
    await read('tienda_02', 'completo', 1, 8);
    await withPipelineDatabase(reader, (connection) =>
      fc.assert(
        fc.asyncProperty(articulos, fc.integer({ min: 1, max: 4 }), async (world, limit) => {
          await clearTables(database, ['ventas', 'productos']);
          await database.query(
            `INSERT INTO productos (id, codigo, nombre, categoria) SELECT n, n, nombre, categoria FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS p (nombre, categoria, n)`,
            [world.map(({ nombre }) => nombre), world.map(({ categoria }) => categoria)],
          );
          for (const [index, { cantidad, venta, costo, dia }] of world.entries()) {
            await sell(`tienda_0${(index % 2) + 1}`, dia, `F-${index}`, [
              String(index + 1),
              cantidad,
              'UNIDAD',
              venta,
              costo,
            ]);
          }
          for (const nivel of niveles) {
            for (const [orden, keyOf] of ordenes) {
              const page = (after: FilaVentas | undefined, size: number): Promise<readonly FilaVentas[]> =>
                connection.use(async (client) => {
                  const tiendas = await tiendasOf(client, ['tienda_01', 'tienda_02']);
                  const asked = {
                    nivel,
                    tiendas,
                    desde: hace(1),
                    hasta: hace(1),
                    salto: 7,
                    hoy: HOY,
                    categoria: null,
                    words: [],
                  };
                  return (await readVentas(client, { ...asked, orden, after, limit: size })).filas;
                });
              const all = await page(undefined, 1_000);
              const paged: FilaVentas[] = [];
              for (
                let next = await page(undefined, limit);
                next.length > 0;
                next = await page(paged.at(-1), limit)
              ) {
                paged.push(...next);
              }
              expect(paged).toEqual(all);
              expect(all).toEqual(all.toSorted((a, b) => compare(keyOf(a), keyOf(b)) || compare(a.id, b.id)));
              expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
            }
          }
        }),
        { numRuns: 15 },
      ),
    );
  });
});

describe('The coverage of what was sold', () => {
  beforeEach(reset);

  it('It equals that of every other answer about the same days, whatever is known of them', async () => {
    const nombres = ['tienda_01', 'tienda_02'];
    const estado = fc.constantFrom('completo', 'provisional', 'falta', 'fallido', undefined);
    const ledger = fc.array(estado, { minLength: 10, maxLength: 10 });
    await withPipelineDatabase(reader, (connection) =>
      fc.assert(
        fc.asyncProperty(
          fc.tuple(ledger, ledger),
          fc.constantFrom<Nivel>('tienda', 'categoria', 'articulo'),
          fc.nat(4),
          fc.nat(5),
          async (ledgers, nivel, ultimo, dias) => {
            await clearTables(database, ['ventas_tramos', 'ventas', 'ventas_dias']);
            for (const [index, estados] of ledgers.entries()) {
              for (const [dia, known] of estados.entries()) {
                if (known !== undefined) await read(nombres[index] ?? '', known, dia);
              }
            }
            const periodo = { desde: hace(ultimo + dias), hasta: hace(ultimo), hoy: HOY };
            const [own, common] = await connection.use(async (client) => [
              await readVentas(client, {
                nivel,
                tiendas: await tiendasOf(client, nombres),
                ...periodo,
                salto: 7,
                categoria: null,
                words: ['nada'],
                orden: '-venta',
                after: undefined,
                limit: 10,
              }),
              await readCobertura(client, nombres, periodo),
            ]);
            expect(own.cobertura).toEqual(common);
          },
        ),
        { numRuns: 40 },
      ),
    );
  });
});

describe('The days that are compared', () => {
  beforeEach(reset);

  /** A day: how the ledger knows it, undefined if it does not, and whether the store sold anything. */
  interface DiaDePrueba {
    readonly estado: keyof typeof ESTADOS | undefined;
    readonly vende: boolean;
  }
  const ENTERO: DiaDePrueba = { estado: 'completo', vende: true };
  const dia: fc.Arbitrary<DiaDePrueba> = fc.record({
    estado: fc.constantFrom('completo', 'provisional', 'falta', 'fallido', undefined),
    vende: fc.boolean(),
  });
  const SALTO = 7;
  /** From today back. */
  const dias = fc.oneof(
    fc.array(dia, { minLength: 17, maxLength: 17 }),
    // As most stores are: all whole, or all but a few days.
    fc
      .tuple(fc.array(dia, { minLength: 1, maxLength: 3 }), fc.nat(15))
      .map(([others, at]) => Array.from({ length: 17 }, (_, n) => others[n - at] ?? ENTERO)),
  );
  const isWhole = (one: DiaDePrueba | undefined): boolean =>
    one?.estado === 'completo' || one?.estado === 'provisional';

  it('A pair of days is compared only if both are over, read whole and not before the first sale', async () => {
    await withPipelineDatabase(reader, (connection) =>
      fc.assert(
        fc.asyncProperty(dias, fc.nat(4), fc.nat(5), async (known, ultimo, before) => {
          await clearTables(database, ['ventas_tramos', 'ventas', 'ventas_dias']);
          for (const [n, { estado, vende }] of known.entries()) {
            if (estado !== undefined) await read('tienda_01', estado, n);
            if (vende) await sell('tienda_01', n, `F-${n}`, ['A', 1, 'UNIDAD', 2 ** n, 1]);
          }
          const asked = Array.from({ length: before + 1 }, (_, n) => ultimo + n);
          const primera = known.findLastIndex(({ vende }) => vende);
          const compared = asked.filter(
            (n) => n > 0 && isWhole(known[n]) && isWhole(known[n + SALTO]) && n + SALTO <= primera,
          );
          const sumOf = (days: readonly number[]): number =>
            days.reduce((sum, n) => sum + (known[n]?.vende === true ? 2 ** n : 0), 0);
          const expected = {
            ventaUsd: sumOf(asked),
            comparableUsd: sumOf(compared),
            antesUsd: sumOf(compared.map((n) => n + SALTO)),
            diasComparados: compared.length,
            dias: asked.length,
            incompleto: asked.some((n) => n === 0 || !isWhole(known[n])),
          };
          for (const nivel of ['tienda', 'articulo'] as const) {
            const { total } = await connection.use(async (client) =>
              readVentas(client, {
                nivel,
                tiendas: await tiendasOf(client, ['tienda_01']),
                desde: hace(ultimo + before),
                hasta: hace(ultimo),
                salto: SALTO,
                hoy: HOY,
                categoria: null,
                // With a filter the articles are added up themselves.
                words: nivel === 'articulo' ? ['arroz'] : [],
                orden: '-venta',
                after: undefined,
                limit: 10,
              }),
            );
            expect(total).toMatchObject(expected);
          }
        }),
        { numRuns: 60 },
      ),
    );
  });
});

describe('What cannot be asked', () => {
  beforeAll(reset);

  it.each([
    ['nivel=ciudad', 'nivel'],
    ['desde=2026-02-30', 'desde'],
    ['desde=ayer', 'desde'],
    [`desde=${hace(1)}&hasta=${addDias(HOY, 1)}`, 'hasta'],
    [`desde=${hace(1)}&hasta=${hace(2)}`, 'desde'],
    [`desde=${hace(401)}&hasta=${hace(1)}`, 'desde'],
    ['comparar=mes', 'comparar'],
    ['tienda=tienda_99', 'tienda'],
    ['tienda=tienda_01&tienda=tienda_02', 'tienda'],
    ['categoria=', 'categoria'],
    [`q=${'x'.repeat(10_000)}`, 'q'],
    ['q=%00', 'q'],
    ['orden=codigo', 'orden'],
    ['cursor=nada', 'cursor'],
    ['limite=5', 'limite'],
    ['formato=xlsx', 'formato'],
  ])('%s is refused with the name of the parameter', async (query, campo) => {
    const { status, json } = await get(`/ventas?${query}`);

    expect(status).toBe(400);
    expect(json).toMatchObject({ errores: [{ campo }] });
  });

  it('Names are sorted as people read them: Ñ beside N, small letters among the others', async () => {
    const nombres = ['ARROZ', 'ñame', 'NARANJA', 'Ñoquis', 'OREGANO', 'ácido', 'ZANAHORIA'];
    await database.query(
      `INSERT INTO productos (id, codigo, nombre) SELECT 'Ñ' || n, 'Ñ' || n, nombre FROM unnest($1::text[]) WITH ORDINALITY AS t (nombre, n)`,
      [nombres],
    );
    await sell('tienda_01', 1, 'N-1', ...nombres.map((_, n): Line => [`Ñ${n + 1}`, 1, 'UNIDAD', 1, null]));

    const { filas } = Page.parse((await get('/ventas?nivel=articulo&orden=nombre')).json);
    await database.query(`DELETE FROM ventas WHERE numero_factura = 'N-1'`);
    expect(filas.flatMap(({ clave }) => (clave.id.startsWith('Ñ') ? [clave.id] : []))).toEqual(
      ['ácido', 'ARROZ', 'ñame', 'NARANJA', 'Ñoquis', 'OREGANO', 'ZANAHORIA'].map(
        (nombre) => `Ñ${nombres.indexOf(nombre) + 1}`,
      ),
    );
  });

  it('Rows with names longer than a cursor are paged', async () => {
    await database.query(
      `INSERT INTO productos (id, codigo, nombre) SELECT 'L' || n, 'L' || n, repeat('EQUIS ', 400) || n FROM generate_series(1, 101) AS n`,
    );
    await sell(
      'tienda_01',
      1,
      'L-1',
      ...Array.from({ length: 101 }, (_, n): Line => [`L${n + 1}`, 1, 'UNIDAD', 1, null]),
    );
    const first = Page.parse((await get('/ventas?nivel=articulo&orden=nombre')).json);
    const second = await get(`/ventas?nivel=articulo&orden=nombre&cursor=${first.siguiente}`);

    const rows = [...first.filas, ...Page.parse(second.json).filas];
    expect(new Set(rows.map(({ clave }) => clave.id)).size).toBe(101);
  });

  it('A cursor of another question is refused', async () => {
    await database.query(
      `INSERT INTO productos (id, codigo, nombre) SELECT 'X' || n, 'X' || n, 'EQUIS' FROM generate_series(1, 101) AS n`,
    );
    await sell(
      'tienda_01',
      1,
      'F-1',
      ...Array.from({ length: 101 }, (_, n): Line => [`X${n + 1}`, 1, 'UNIDAD', n, null]),
    );
    const { siguiente } = Page.parse((await get('/ventas?nivel=articulo')).json);

    expect((await get(`/ventas?nivel=articulo&cursor=${siguiente}`)).status).toBe(200);
    const other = await get(`/ventas?nivel=articulo&orden=venta&cursor=${siguiente}`);
    expect(other.status).toBe(400);
    expect(other.json).toMatchObject({ errores: [{ campo: 'cursor' }] });
  });
});
