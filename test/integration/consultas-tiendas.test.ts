import { beforeAll, describe, expect, it } from '@jest/globals';
import { addDias } from '../../lambdas/core/time/dia.ts';
import { gerenteDe, useConsultas } from '../support/consultas.ts';

const { database, get } = await useConsultas();

const [{ hoy } = {}] = await database.query(
  `SELECT to_char(now() AT TIME ZONE 'America/Caracas', 'YYYY-MM-DD') AS hoy`,
);
const HOY = String(hoy);

/** The day so many days ago. */
const hace = (dias: number): string => addDias(HOY, -dias);

/** A slice: how it was read. */
const insertTramo = (
  tienda: string,
  dia: string,
  desde: string,
  hasta: string,
  estado: string,
  leido: string | null,
): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, cerrado, error_codigo, error_mensaje, error_momento)
     SELECT $1, $2, $3, $4, $5, CASE WHEN $6::text IS NULL THEN 0 ELSE 2 END, $6::timestamptz, CASE WHEN $5 = 'cerrado' THEN $6::timestamptz END,
            CASE WHEN $5 = 'fallido' THEN 'KLK_CAIDA' END, CASE WHEN $5 = 'fallido' THEN 'no contesta' END,
            CASE WHEN $5 = 'fallido' THEN ($2::date + time '10:31') AT TIME ZONE 'America/Caracas' END`,
    [tienda, dia, desde, hasta, estado, leido],
  );

const insertVenta = (
  tienda: string,
  momento: string,
  factura: string,
  linea: number,
  usd: number,
  tasa: number,
): Promise<unknown> =>
  database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total, tasa_usd)
     SELECT $1, $2, $3, m, (m AT TIME ZONE 'America/Caracas')::date, '000001', 1, $5::numeric, $6::numeric FROM (SELECT $4::timestamptz AS m) AS t`,
    [tienda, factura, linea, momento, usd, tasa],
  );

beforeAll(async () => {
  await database.query(
    `INSERT INTO ubicaciones (id, nombre, tipo) VALUES ('tienda_01', 'FERIAS', 'tienda'), ('tienda_02', 'BOSQUE', 'tienda'), ('cedi_01', 'CEDI', 'cedi');
     INSERT INTO almacenes (codigo, nombre, ubicacion_id, activo) VALUES
       ('A1', 'PISO', 'tienda_01', true), ('A2', 'DEPOSITO', 'tienda_01', true), ('A9', 'VIEJO', 'tienda_01', false), ('B1', 'PISO', 'tienda_02', true), ('C1', 'CEDI', 'cedi_01', true);
     INSERT INTO productos (id, codigo, nombre) SELECT c, c, 'ARTICULO ' || c FROM unnest(ARRAY['000001', '000002', '000003']) AS c`,
  );
  const snapshots: readonly (readonly [string, string, string])[] = [
    ['A1', 'tienda_01', '09:00'],
    ['A2', 'tienda_01', '08:00'],
    ['A2', 'tienda_01', '08:30'],
    ['A9', 'tienda_01', '01:00'],
    ['C1', 'cedi_01', '07:00'],
  ];
  for (const [almacen, tienda, hora] of snapshots) {
    await database.query(
      `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
       VALUES ($1, $2, $3, gen_random_uuid(), 1, 1)`,
      [almacen, `${HOY}T${hora}:00-04:00`, tienda],
    );
  }
  await database.query(
    `INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde) VALUES
       ('tienda_01', 'A1', '000001', 5, '2026-01-01Z'), ('tienda_01', 'A1', '000002', 7, '2026-01-01Z'), ('tienda_01', 'A1', '000003', -1, '2026-01-01Z'),
       ('tienda_01', 'A2', '000001', 2, '2026-01-01Z'), ('tienda_01', 'A9', '000001', 0, '2026-01-01Z'),
       ('cedi_01', 'C1', '000001', 40, '2026-01-01Z'), ('cedi_01', 'C1', '000002', 1, '2026-01-01Z');
     UPDATE inventario_vigente SET cantidad = 0 WHERE almacen_codigo = 'A1' AND producto_id = '000002';
     DELETE FROM inventario_vigente WHERE almacen_codigo = 'C1' AND producto_id = '000002'`,
  );

  // The days of FERIAS: two are not whole. Today was read until 10:30.
  for (let dias = 1; dias <= 28; dias += 1) {
    const [estado, leido] =
      dias === 3
        ? (['pendiente', null] as const)
        : dias === 5
          ? (['fallido', null] as const)
          : (['cerrado', `${HOY}T00:30:00-04:00`] as const);
    await insertTramo('tienda_01', hace(dias), '00:00', '24:00', estado, leido);
  }
  await insertTramo('tienda_01', HOY, '00:00', '06:00', 'provisional', `${HOY}T06:30:00-04:00`);
  await insertTramo('tienda_01', HOY, '06:00', '10:00', 'provisional', `${HOY}T10:30:00-04:00`);
  await insertTramo('tienda_01', HOY, '10:00', '11:00', 'provisional', `${HOY}T10:30:00-04:00`);
  await insertTramo('tienda_01', HOY, '11:00', '24:00', 'pendiente', null);
  await insertVenta('tienda_01', `${HOY}T08:10:00-04:00`, 'F1', 1, 6, 250);
  await insertVenta('tienda_01', `${HOY}T08:10:00-04:00`, 'F1', 2, 4, 250);
  await insertVenta('tienda_01', `${HOY}T09:59:59-04:00`, 'F2', 1, 5, 250);
  await insertVenta('tienda_01', `${HOY}T10:05:00-04:00`, 'F3', 1, 100, 250);
  await database.query(
    `UPDATE ventas_tramos SET lineas = 1, facturas = 1 WHERE dia = $1::date AND desde = '10:00'`,
    [HOY],
  );
  await insertVenta('tienda_01', `${hace(7)}T07:00:00-04:00`, 'V1', 1, 12, 200);
  await insertVenta('tienda_01', `${hace(7)}T09:30:00-04:00`, 'V2', 1, 8, 200);
  await insertVenta('tienda_01', `${hace(7)}T10:00:00-04:00`, 'V3', 1, 50, 200);

  // What FERIAS sold most of in 28 days: the first is there, the others are not. That of BOSQUE is in no inventory.
  await database.query(
    `INSERT INTO ventas (ubicacion_id, numero_factura, linea, fecha_venta, dia, producto_id, cantidad_vendida, venta_total)
     SELECT t, 'M' || l, l, ($1::date + time '12:00') AT TIME ZONE 'America/Caracas', $1::date, p, 1, v
       FROM (VALUES ('tienda_01', 1, '000002', 30.5), ('tienda_01', 2, '000003', 40), ('tienda_02', 3, '000002', 90)) AS v (t, l, p, v)`,
    [hace(2)],
  );

  // BOSQUE sells since a week ago, whose day failed; yesterday was read until 20:00 and today not at all.
  await insertTramo('tienda_02', hace(7), '00:00', '24:00', 'fallido', null);
  for (let dias = 2; dias <= 6; dias += 1) {
    await insertTramo('tienda_02', hace(dias), '00:00', '24:00', 'cerrado', `${HOY}T00:30:00-04:00`);
  }
  await insertTramo('tienda_02', hace(1), '00:00', '24:00', 'provisional', `${hace(1)}T20:00:00-04:00`);
  await insertTramo('tienda_02', HOY, '00:00', '24:00', 'pendiente', null);
});

const FERIAS = {
  tienda: { id: 'tienda_01', nombre: 'FERIAS' },
  tipo: 'tienda',
  sinCargar: [],
  existenciasHasta: `${HOY}T08:30:00-04:00`,
  articulos: 4,
  agotados: 1,
  negativos: 1,
  ventasHasta: `${HOY}T10:30:00-04:00`,
  hoy: { ventaUsd: 15, facturas: 2 },
  habitual: { ventaUsd: 20, facturas: 2, dia: hace(7) },
  variacionPct: -25,
  diasIncompletos: [hace(5), hace(3)],
};

describe('/tiendas', () => {
  it('It has the state of each store, sorted by name', async () => {
    expect((await get('/tiendas')).json).toMatchObject({
      datosHasta: {
        existencias: `${HOY}T07:00:00-04:00`,
        ventas: `${hace(1)}T20:00:00-04:00`,
        sinCargar: ['tienda_02'],
      },
      tasa: { bsPorUsd: 250, dia: HOY },
      filas: [
        {
          tienda: { id: 'tienda_02', nombre: 'BOSQUE' },
          tipo: 'tienda',
          existenciasHasta: null,
          sinCargar: ['B1'],
          articulos: 0,
          ventasHasta: `${hace(1)}T20:00:00-04:00`,
          hoy: null,
          habitual: null,
          variacionPct: null,
        },
        {
          tienda: { id: 'cedi_01', nombre: 'CEDI' },
          tipo: 'cedi',
          existenciasHasta: `${HOY}T07:00:00-04:00`,
          articulos: 1,
          agotados: 0,
          negativos: 0,
          ventasHasta: null,
          hoy: null,
          habitual: null,
          diasIncompletos: [],
        },
        FERIAS,
      ],
      siguiente: null,
    });
  });

  it('A manager gets his stores, with their missing days', async () => {
    expect((await get('/tiendas', { claims: gerenteDe('tienda_01') })).json).toMatchObject({
      datosHasta: {
        existencias: `${HOY}T08:30:00-04:00`,
        ventas: `${HOY}T10:30:00-04:00`,
        sinCargar: [],
      },
      cobertura: {
        completa: false,
        huecos: [
          { tienda: 'tienda_01', dia: hace(5), estado: 'fallido' },
          { tienda: 'tienda_01', dia: hace(3), estado: 'falta' },
          { tienda: 'tienda_01', dia: HOY, estado: 'provisional' },
        ],
      },
      filas: [FERIAS],
    });
  });

  it('It lists every day before the first of a store as missing', async () => {
    const { json } = await get('/tiendas?tienda=tienda_02');

    expect(json).toMatchObject({
      filas: [
        {
          diasIncompletos: [...Array.from({ length: 21 }, (_, n) => hace(28 - n)), hace(7), hace(1)].filter(
            (dia, index, all) => all.indexOf(dia) === index,
          ),
        },
      ],
    });
  });

  it('A warehouse that was never loaded is named beside the age of the others', async () => {
    await database.query(
      `INSERT INTO almacenes (codigo, nombre, ubicacion_id, activo) VALUES ('A3', 'NUEVO', 'tienda_01', true)`,
    );
    try {
      expect((await get('/tiendas', { claims: gerenteDe('tienda_01') })).json).toMatchObject({
        datosHasta: { existencias: `${HOY}T08:30:00-04:00`, sinCargar: ['tienda_01'] },
        filas: [{ existenciasHasta: `${HOY}T08:30:00-04:00`, sinCargar: ['A3'] }],
      });
    } finally {
      await database.query(`DELETE FROM almacenes WHERE codigo = 'A3'`);
    }
  });

  it('Today is not missing before its first slice is in the ledger', async () => {
    const move = (from: string, to: string): Promise<unknown> =>
      database.query('UPDATE ventas_tramos SET dia = $2::date WHERE dia = $1::date', [from, to]);
    await move(HOY, hace(400));
    try {
      expect((await get('/tiendas?tienda=tienda_01')).json).toMatchObject({
        cobertura: { huecos: [{ dia: hace(5) }, { dia: hace(3) }, { dia: HOY, estado: 'provisional' }] },
        filas: [{ diasIncompletos: [hace(5), hace(3)] }],
      });
    } finally {
      await move(hace(400), HOY);
    }
  });

  it('It writes the same as CSV', async () => {
    const { text, headers } = await get('/tiendas?formato=csv&tienda=tienda_01');

    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('Content-Disposition')).toBe(`attachment; filename="tiendas-tienda_01-${HOY}.csv"`);
    expect(text.split('\r\n')[1]).toBe(
      `FERIAS;${HOY}T08:30:00-04:00;;4;1;1;${HOY}T10:30:00-04:00;15;2;${hace(7)};20;2;-25;${hace(5)}, ${hace(3)}`,
    );
  });

  it('Of hours with more returns than sales nothing is a percentage', async () => {
    await insertVenta('tienda_01', `${hace(7)}T08:00:00-04:00`, 'D1', 1, -50, 200);
    const { json } = await get('/tiendas?tienda=tienda_01');
    await database.query(`DELETE FROM ventas WHERE numero_factura = 'D1'`);

    expect(json).toMatchObject({ filas: [{ habitual: { ventaUsd: -30 }, variacionPct: null }] });
  });

  it('It compares nothing when a slice of the hours that are compared failed', async () => {
    await database.query(
      `UPDATE ventas_tramos SET estado = 'fallido', error_codigo = 'KLK_CAIDA', error_mensaje = 'x', error_momento = now()
        WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND desde = '06:00'`,
      [HOY],
    );
    const { json } = await get('/tiendas?tienda=tienda_01');
    await database.query(
      `UPDATE ventas_tramos SET estado = 'provisional', error_codigo = NULL, error_mensaje = NULL, error_momento = NULL
        WHERE ubicacion_id = 'tienda_01' AND dia = $1::date AND desde = '06:00'`,
      [HOY],
    );

    expect(json).toMatchObject({
      filas: [
        {
          hoy: { ventaUsd: 15 },
          habitual: null,
          variacionPct: null,
          diasIncompletos: [hace(5), hace(3), HOY],
        },
      ],
    });
  });
});

describe('/tiendas, what is out among the best sellers', () => {
  it('It has the articles that no warehouse of the store has, those that sold most first, and since when they are out of stock', async () => {
    const articulo = (codigo: string): unknown => ({
      codigo,
      nombre: `ARTICULO ${codigo}`,
      categoria: 'SIN CATEGORIA',
      marca: null,
    });
    const sinExistenciaDesde = '2025-12-31T20:00:00-04:00';

    expect((await get('/tiendas')).json).toMatchObject({
      destacados: [
        // It came into the inventory below zero; of the other there was some.
        {
          tienda: 'tienda_01',
          articulo: articulo('000003'),
          ventas28Usd: 40,
          sinExistenciaDesde,
          desdeConocido: false,
        },
        {
          tienda: 'tienda_01',
          articulo: articulo('000002'),
          ventas28Usd: 30.5,
          sinExistenciaDesde,
          desdeConocido: true,
          incompleto: true,
        },
      ],
    });
    expect((await get('/tiendas', { claims: gerenteDe('tienda_02') })).json).toMatchObject({
      destacados: [],
    });
  });

  it('It counts the 28 days before today although nothing was read today', async () => {
    const before = (await get('/tiendas')).json;
    await database.query(`DELETE FROM ventas_recientes; UPDATE ventas_recientes_hasta SET hasta = hasta - 1`);

    expect((await get('/tiendas')).json).toEqual(before);
    await database.query(`SELECT avanzar_ventas_recientes(id, $1::date - 1) FROM ubicaciones`, [HOY]);
    expect((await get('/tiendas')).json).toEqual(before);
  });
});

describe('/datos', () => {
  it('It shows the state of every day of a month', async () => {
    const mes = HOY.slice(0, 7);
    const { json } = await get('/datos', { claims: gerenteDe('tienda_01') });
    const estadoOf = (dia: string): string | null =>
      dia > HOY
        ? 'futuro'
        : dia === HOY
          ? 'abierto'
          : dia < hace(28)
            ? null
            : dia === hace(3)
              ? 'falta'
              : dia === hace(5)
                ? 'fallido'
                : 'completo';
    const dias = Array.from({ length: 31 }, (_, n) => addDias(`${mes}-01`, n)).filter((dia) =>
      dia.startsWith(mes),
    );

    expect(json).toMatchObject({
      mes,
      dias,
      tiendas: [{ tienda: FERIAS.tienda, estados: dias.map(estadoOf) }],
      fallas: [
        {
          tienda: FERIAS.tienda,
          flujo: 'ventas',
          codigo: 'KLK_CAIDA',
          mensaje: 'no contesta',
          desde: `${hace(5)}T10:31:00-04:00`,
          remedio: 'KLK no contesta a nadie: revise que esté encendido y la red hasta su puerto.',
        },
      ],
    });
  });

  it('It lists the last runs, and the warehouses that none has loaded since', async () => {
    await database.query(
      `INSERT INTO etl_ejecuciones (id, origen, estado, inicio, fin, flujo, error_codigo, error_mensaje) VALUES
         ('00000000-0000-0000-0000-000000000001', 'programada', 'parcial', $1, $2, 'inventario', NULL, NULL),
         ('00000000-0000-0000-0000-000000000002', 'programada', 'fallida', $3, $4, 'ventas', 'KLK_CAIDA', 'nadie contesta')`,
      [`${HOY}T09:10:00-04:00`, `${HOY}T09:11:00-04:00`, `${HOY}T09:15:00-04:00`, `${HOY}T09:16:00-04:00`],
    );
    await database.query(
      `INSERT INTO etl_ejecucion_almacenes (ejecucion_id, almacen_codigo, ubicacion_id, estado, error_codigo, error_mensaje, extraidos, validos, rechazados, duplicados,
              productos_nuevos, productos_actualizados, inventario, conservados, retirados, historico, precios_cambiados, ms_extraccion, ms_transformacion, ms_carga)
       VALUES ('00000000-0000-0000-0000-000000000001', 'A1', 'tienda_01', 'fallido', 'SOSPECHOSO_CEROS', 'muchos ceros', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
    );

    expect((await get('/datos', { claims: gerenteDe('tienda_01') })).json).toMatchObject({
      ejecuciones: [
        {
          id: '00000000-0000-0000-0000-000000000002',
          flujo: 'ventas',
          origen: 'programada',
          estado: 'fallida',
          inicio: `${HOY}T09:15:00-04:00`,
          fin: `${HOY}T09:16:00-04:00`,
          error: { codigo: 'KLK_CAIDA', mensaje: 'nadie contesta', remedio: expect.any(String) },
        },
        { flujo: 'inventario', error: null },
      ],
      fallas: [
        { flujo: 'ventas' },
        {
          flujo: 'inventario',
          codigo: 'SOSPECHOSO_CEROS',
          mensaje: 'PISO: muchos ceros',
          desde: `${HOY}T09:10:00-04:00`,
        },
      ],
    });
  });

  it('It names no machine and no user, whatever failed', async () => {
    const mensaje = 'No se pudo conectar a PostgreSQL (10.1.2.3:5432/granja): el usuario etl';
    await database.query(
      `UPDATE etl_ejecuciones SET error_codigo = 'BD_INACCESIBLE', error_mensaje = $1 WHERE flujo = 'ventas'`,
      [mensaje],
    );
    await database.query(
      `UPDATE etl_ejecucion_almacenes SET error_codigo = 'KLK_INACCESIBLE', error_mensaje = $1`,
      [mensaje],
    );
    const { json, text } = await get('/datos', { claims: gerenteDe('tienda_01') });

    expect(text).not.toContain('10.1.2.3');
    expect(json).toMatchObject({
      ejecuciones: [{ error: { codigo: 'BD_INACCESIBLE', mensaje: null, remedio: expect.any(String) } }, {}],
      fallas: [{}, { codigo: 'KLK_INACCESIBLE', mensaje: null, remedio: expect.any(String) }],
    });
  });

  it('It writes the calendar as CSV', async () => {
    const { text } = await get('/datos?formato=csv&mes=2020-02', { claims: gerenteDe('tienda_01') });

    expect(text.split('\r\n').slice(0, 3)).toEqual([
      '\uFEFFTienda;Día;Estado',
      'FERIAS;2020-02-01;',
      'FERIAS;2020-02-02;',
    ]);
    expect(text.split('\r\n')).toHaveLength(31);
  });

  it.each(['2019-12', '2999-01', '2026-13', '2026-1', '2026', ''])('It refuses the month %j', async (mes) => {
    expect(await get(`/datos?mes=${mes}`)).toMatchObject({
      status: 400,
      json: { errores: [{ campo: 'mes' }] },
    });
  });
});

describe('/categorias', () => {
  it('It counts the active articles of each category', async () => {
    await database.query(`UPDATE productos SET categoria = 'CARNES' WHERE id = '000002'`);

    expect((await get('/categorias')).json).toEqual({
      filas: [
        { nombre: 'CARNES', articulos: 1 },
        { nombre: 'SIN CATEGORIA', articulos: 2 },
      ],
    });
  });
});
