import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { applyMigrations } from '../../lambdas/migraciones/apply-migrations.ts';
import { createDatabase, runOn, useDatabase } from '../support/database.ts';
import { ejecucion } from '../support/snapshots.ts';
import { UNSUMMED } from '../support/ventas-scene.ts';

const database = await useDatabase();

type Values = Readonly<Record<string, unknown>>;

const insert = (table: string, row: Values): Promise<unknown> =>
  database.query(
    `INSERT INTO ${table} (${Object.keys(row).join(', ')})
     VALUES (${Object.keys(row)
       .map((_column, index) => `$${index + 1}`)
       .join(', ')})`,
    Object.values(row),
  );

const CHECK = { code: '23514' };
const NOT_NULL = { code: '23502' };
const UNIQUE = { code: '23505' };

beforeEach(async () => {
  for (const table of ['ventas', 'ventas_tramos', 'etl_ejecuciones', 'ubicaciones']) {
    await database.query(`DELETE FROM ${table}`);
  }
  await database.query(
    `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'UNA'), ('tienda_02', 'OTRA')`,
  );
});

describe('ventas', () => {
  /** Sold at 20:30 in Caracas, which is the next day in UTC. */
  const LINEA: Values = {
    ejecucion_id: ejecucion(1),
    ubicacion_id: 'tienda_01',
    numero_factura: 'C10-01-00008064',
    linea: 1,
    dia: '2026-11-17',
    fecha_venta: '2026-11-18T00:30:00Z',
    producto_id: '000001',
    cantidad_vendida: '-1.5',
    venta_total: '0.974138',
  };
  const sell = (changes: Values = {}): Promise<unknown> => insert('ventas', { ...LINEA, ...changes });

  it.each([
    ['is of another store', { ubicacion_id: 'tienda_02' }],
    ['is another line of the invoice', { linea: 2 }],
    ['is of another invoice', { numero_factura: 'C10-01-00008065' }],
    ['is of another case', { numero_factura: 'c10-01-00008064' }],
  ])('A second line is held when it %s', async (_what, changes) => {
    await sell();
    await sell(changes);

    expect(await database.query('SELECT FROM ventas')).toHaveLength(2);
  });

  it.each([
    ['repeats the number of its store, invoice and line', {}, UNIQUE],
    ['is of a day that is not that of its time in Caracas', { dia: '2026-11-18', linea: 2 }, CHECK],
    ['has a time without an end', { dia: 'infinity', fecha_venta: 'infinity', linea: 2 }, CHECK],
    ['has a quantity that is no number', { cantidad_vendida: 'NaN', linea: 2 }, CHECK],
    ['has an endless total', { venta_total: 'Infinity', linea: 2 }, CHECK],
    ['has no total', { venta_total: null, linea: 2 }, NOT_NULL],
    ['has no article', { producto_id: null, linea: 2 }, NOT_NULL],
    ['has no time', { fecha_venta: null, linea: 2 }, NOT_NULL],
  ])('A line is refused when it %s', async (_what, changes, refusal) => {
    await sell();

    await expect(sell(changes)).rejects.toMatchObject(refusal);
    expect(await database.query('SELECT FROM ventas')).toHaveLength(1);
  });

  it('Each line gets an id of its own, whatever its month', async () => {
    await sell();
    await sell({ dia: '2001-01-01', fecha_venta: '2001-01-01T12:00:00Z' });

    expect(await database.query('SELECT count(DISTINCT id)::integer AS ids FROM ventas')).toEqual([
      { ids: 2 },
    ]);
  });

  it.each([
    ['KG', true],
    ['kg.', true],
    [' Kilos ', true],
    ['KILOGRAMO', true],
    ['UNIDAD', false],
    ['CAJA 12 KG', false],
    ['', false],
    [null, false],
  ])('The unit %j is kilos: %s', async (unidad, porPeso) => {
    expect(await database.query('SELECT es_por_peso($1::text) AS peso', [unidad])).toEqual([
      { peso: porPeso },
    ]);
  });
});

describe('a slice of the ledger', () => {
  const PENDIENTE: Values = { ubicacion_id: 'tienda_01', dia: '2026-11-17', desde: '22:00', hasta: '24:00' };
  const LEIDO = { lecturas: 1, leido: '2026-11-18T10:00:00Z', huella: 'x' };
  const PROVISIONAL: Values = { ...PENDIENTE, ...LEIDO, estado: 'provisional' };
  const ERROR = {
    error_codigo: 'KLK_TIEMPO',
    error_mensaje: 'no contestó',
    error_momento: '2026-11-18T11:00:00Z',
  };
  const CERRADO: Values = { ...PROVISIONAL, estado: 'cerrado', lecturas: 2, cerrado: LEIDO.leido };
  const note = (row: Values, changes: Values = {}): Promise<unknown> =>
    insert('ventas_tramos', { ...row, ...changes });

  it.each([
    ['pending', PENDIENTE],
    ['read without a line', PROVISIONAL],
    ['read with lines', { ...PROVISIONAL, lineas: 5, facturas: 2, venta_total: 9, unidades: 5, kilos: 0.5 }],
    ['read with lines that cancel out', { ...PROVISIONAL, lineas: 2, facturas: 2 }],
    ['closed', CERRADO],
    ['closed, and failed since', { ...CERRADO, ...ERROR }],
    ['failed and never read', { ...PENDIENTE, ...ERROR, estado: 'fallido' }],
    ['failed with its lines', { ...PROVISIONAL, ...ERROR, estado: 'fallido', lineas: 5, facturas: 2 }],
  ])('It is noted as %s', async (_what, row) => {
    await note(row);

    expect(await database.query('SELECT FROM ventas_tramos')).toHaveLength(1);
  });

  it.each([
    ['ends as it begins', PENDIENTE, { hasta: '22:00' }],
    ['begins within a minute', PENDIENTE, { desde: '22:00:30' }],
    ['is of no day', PENDIENTE, { dia: 'infinity' }],
    ['is in a state that there is not', PENDIENTE, { estado: 'leido' }],
    ['is pending and was read', PROVISIONAL, { estado: 'pendiente' }],
    ['is pending and failed', PENDIENTE, ERROR],
    ['is provisional and was never read', PENDIENTE, { estado: 'provisional' }],
    ['is provisional and failed', PROVISIONAL, ERROR],
    ['is closed after one reading', CERRADO, { lecturas: 1 }],
    ['failed and does not say why', PROVISIONAL, { estado: 'fallido' }],
    ['has a code without a message', CERRADO, { error_codigo: 'KLK_TIEMPO' }],
    ['was read and counts no reading', PROVISIONAL, { lecturas: 0 }],
    ['was never read and has lines', PENDIENTE, { lineas: 1, facturas: 1 }],
    ['was never read and refused lines', PENDIENTE, { rechazadas: 1 }],
    ['changed after it was read', PROVISIONAL, { ultimo_cambio: '2026-11-18T10:00:01Z' }],
    ['has more invoices than lines', PROVISIONAL, { lineas: 1, facturas: 2 }],
    ['has lines of no invoice', PROVISIONAL, { lineas: 1 }],
    ['has a sum of no lines', PROVISIONAL, { venta_total: 1 }],
    ['has fewer than no lines', PROVISIONAL, { lineas: -1, facturas: -1 }],
  ])('It is refused when it %s', async (_what, row, changes) => {
    await expect(note(row, changes)).rejects.toMatchObject(CHECK);
  });

  it('It is of a store that there is', async () => {
    await expect(note(PENDIENTE, { ubicacion_id: 'tienda_03' })).rejects.toMatchObject({ code: '23503' });
  });
});

describe('the records of a run', () => {
  const RUN: Values = { id: ejecucion(1), origen: 'cli', inicio: '2026-11-18T10:00:00Z', flujo: 'ventas' };
  const TIENDA: Values = {
    ejecucion_id: ejecucion(1),
    ubicacion_id: 'tienda_01',
    estado: 'cargada',
    dias: 1,
    tramos_cargados: 1,
    tramos_iguales: 0,
    tramos_fallidos: 0,
    tramos_pendientes: 0,
    extraidos: 6,
    validos: 3,
    rechazados: 2,
    duplicados: 1,
    lineas_nuevas: 3,
    lineas_cambiadas: 0,
    lineas_retiradas: 0,
    venta_total: '9',
    ms_extraccion: 1,
    ms_transformacion: 1,
    ms_carga: 1,
  };

  it.each([
    ['is of a pipeline that there is not', { flujo: 'compras' }],
    ['is of the sales and has rows of the inventory', { inventario: 0 }],
    ['is of the inventory and has lines of the sales', { flujo: 'inventario', lineas_nuevas: 0 }],
  ])('A run is refused when it %s', async (_what, changes) => {
    await expect(insert('etl_ejecuciones', { ...RUN, ...changes })).rejects.toMatchObject(CHECK);
  });

  it('A run is of the inventory unless it says otherwise', async () => {
    await insert('etl_ejecuciones', { id: ejecucion(1), origen: 'cli', inicio: '2026-11-18T10:00:00Z' });

    expect(await database.query('SELECT flujo FROM etl_ejecuciones')).toEqual([{ flujo: 'inventario' }]);
  });

  it.each([
    ['accounts for fewer lines than it extracted', { extraidos: 7 }],
    ['was loaded and has an error', { error_codigo: 'KLK_TIEMPO' }],
    ['failed and has none', { estado: 'fallida' }],
    ['was forced for no reason', { forzado_codigo: [] }],
    ['ended as no store does', { estado: 'simulada' }],
  ])('A store of a run is refused when it %s', async (_what, changes) => {
    await insert('etl_ejecuciones', RUN);

    await expect(insert('etl_ejecucion_ventas', { ...TIENDA, ...changes })).rejects.toMatchObject(CHECK);
  });

  it('Stores and refused lines go with their run', async () => {
    await insert('etl_ejecuciones', RUN);
    await insert('etl_ejecucion_ventas', TIENDA);
    await insert('ventas_rechazos', {
      ejecucion_id: ejecucion(1),
      ubicacion_id: 'tienda_01',
      dia: '2026-11-17',
      desde: '08:00',
      motivo: 'FILA_ILEGIBLE',
      fila: 'x',
    });
    await database.query('DELETE FROM etl_ejecuciones');

    expect(await database.query('SELECT FROM etl_ejecucion_ventas')).toEqual([]);
    expect(await database.query('SELECT FROM ventas_rechazos')).toEqual([]);
  });
});

describe('what somebody had put into the former table of the sales', () => {
  const MIGRATIONS = new URL('../../migrations/', import.meta.url);

  it('It is carried over line by line, in the month of its Caracas day, and summed, and new lines get later ids', async () => {
    const former = await createDatabase({ empty: true });
    const folder = await mkdtemp(join(tmpdir(), 'inventario-klk-migraciones-'));
    const names = (await readdir(MIGRATIONS)).filter((name) => name < '014');
    for (const name of names) await copyFile(fileURLToPath(new URL(name, MIGRATIONS)), join(folder, name));
    await applyMigrations(former.admin, undefined, pathToFileURL(`${folder}/`));
    await runOn(
      former.admin,
      `INSERT INTO ubicaciones (id, nombre) VALUES ('tienda_01', 'UNA');
       INSERT INTO productos (id, codigo, nombre) VALUES ('1', '1', 'UNO');
       INSERT INTO ventas (numero_factura, linea, fecha_venta, ubicacion_id, producto_id, cantidad_vendida, venta_total, margen_bruto_pct)
       VALUES ('F-1', 1, '2025-02-01T02:00Z', 'tienda_01', '1', 2, 3, 20), ('F-1', 2, '2025-02-01T04:00Z', 'tienda_01', '1', 1, 2, NULL)`,
    );

    await applyMigrations(former.admin);
    expect(await runOn(former.admin, UNSUMMED)).toEqual([]);
    expect(await runOn(former.admin, 'SELECT FROM ventas_diarias')).toHaveLength(2);
    await runOn(
      former.admin,
      `INSERT INTO ventas (numero_factura, linea, fecha_venta, dia, ubicacion_id, producto_id, cantidad_vendida, venta_total)
       VALUES ('F-2', 1, '2025-02-01T04:00Z', '2025-02-01', 'tienda_01', '1', 1, 2)`,
    );

    const rows = await runOn(
      former.admin,
      `SELECT tableoid::regclass::text AS tabla, id::integer AS id, numero_factura AS factura, linea, dia::text AS dia, venta_total::float8 AS venta FROM ventas ORDER BY id`,
    );
    expect(rows).toEqual([
      { tabla: 'ventas_2025_01', id: 1, factura: 'F-1', linea: 1, dia: '2025-01-31', venta: 3 },
      { tabla: 'ventas_2025_02', id: 2, factura: 'F-1', linea: 2, dia: '2025-02-01', venta: 2 },
      { tabla: 'ventas_2025_02', id: 3, factura: 'F-2', linea: 1, dia: '2025-02-01', venta: 2 },
    ]);
    await rm(folder, { recursive: true });
    await former.drop();
  });
});
