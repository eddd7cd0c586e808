import { beforeEach, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { insertRow } from '../support/past-runs.ts';
import { ejecucion } from '../support/snapshots.ts';

const database = await useDatabase();

beforeEach(() => database.query('DELETE FROM etl_ejecuciones'));

type Row = Readonly<Record<string, unknown>>;

const CERRADA: Row = {
  id: ejecucion(1),
  origen: 'programada',
  estado: 'parcial',
  inicio: '2026-11-18T10:00:00Z',
  fin: '2026-11-18T10:01:00Z',
  tiendas: 3,
  cargadas: 1,
  fallidas: 1,
  omitidas: 1,
};
const ABIERTA: Row = { id: ejecucion(1), origen: 'cli', estado: 'en_curso', inicio: '2026-11-18T10:00:00Z' };

const insertRun = (changes: Row = {}, run: Row = CERRADA): Promise<unknown> =>
  insertRow(database, 'etl_ejecuciones', { ...run, ...changes });

const insertAlmacen = (changes: Row = {}): Promise<unknown> =>
  insertRow(database, 'etl_ejecucion_almacenes', {
    ejecucion_id: ejecucion(1),
    almacen_codigo: 'APP-TPF',
    ubicacion_id: 'tienda_01',
    estado: 'cargado',
    extraidos: 6,
    validos: 3,
    rechazados: 2,
    duplicados: 1,
    productos_nuevos: 0,
    productos_actualizados: 0,
    inventario: 3,
    conservados: 0,
    retirados: 0,
    historico: 0,
    precios_cambiados: 0,
    ms_extraccion: 1,
    ms_transformacion: 1,
    ms_carga: 1,
    ...changes,
  });

const REFUSED = { code: '23514' };

describe('The record of a run', () => {
  it('It is written open without an end and counts, and closed with both', async () => {
    await insertRun({}, ABIERTA);
    await insertRun({ id: ejecucion(2) });

    expect(await database.query('SELECT FROM etl_ejecuciones')).toHaveLength(2);
  });

  it.each([
    ['is open and has an end', { fin: '2026-11-18T10:01:00Z' }, ABIERTA],
    ['is closed and has no end', { fin: null }, CERRADA],
    ['has a state that no run has', { estado: 'simulada' }, CERRADA],
    ['has an origin that no run has', { origen: 'cron' }, CERRADA],
    ['loaded, failed and omitted fewer stores than it had', { tiendas: 4 }, CERRADA],
    ['loaded, failed and omitted more stores than it had', { tiendas: 2 }, CERRADA],
    ['lost one of its counts of stores', { fallidas: null }, CERRADA],
  ])('It is refused when the run %s', async (_what, changes, run) => {
    await expect(insertRun(changes, run)).rejects.toMatchObject(REFUSED);
    expect(await database.query('SELECT FROM etl_ejecuciones')).toEqual([]);
  });
});

describe('The record of a warehouse of a run', () => {
  beforeEach(() => insertRun());

  it.each([
    ['loaded', {}],
    ['forced, for several reasons', { forzado_codigo: ['SOSPECHOSO_CEROS', 'SOSPECHOSO_CAMBIOS'] }],
    ['failed', { estado: 'fallido', error_fase: 'carga', error_codigo: 'BD_ERROR' }],
  ])('It is written when the warehouse was %s', async (_what, changes) => {
    await insertAlmacen(changes);

    expect(await database.query('SELECT FROM etl_ejecucion_almacenes')).toHaveLength(1);
  });

  it.each([
    ['extracted more rows than it accounts for', { extraidos: 7 }],
    ['extracted fewer rows than it accounts for', { extraidos: 5 }],
    ['was loaded and has an error', { error_fase: 'carga', error_codigo: 'BD_ERROR' }],
    ['failed and has no error', { estado: 'fallido' }],
    ['has a state that no warehouse has', { estado: 'simulado', error_codigo: 'BD_ERROR' }],
    ['failed in a phase that there is not', { estado: 'fallido', error_fase: 'x', error_codigo: 'BD_ERROR' }],
    ['was forced for no reason', { forzado_codigo: [] }],
  ])('It is refused when the warehouse %s', async (_what, changes) => {
    await expect(insertAlmacen(changes)).rejects.toMatchObject(REFUSED);
    expect(await database.query('SELECT FROM etl_ejecucion_almacenes')).toEqual([]);
  });

  it('It is refused without its run, and deleted with it', async () => {
    await expect(insertAlmacen({ ejecucion_id: ejecucion(2) })).rejects.toMatchObject({ code: '23503' });
    await insertAlmacen();
    await database.query('DELETE FROM etl_ejecuciones');

    expect(await database.query('SELECT FROM etl_ejecucion_almacenes')).toEqual([]);
  });
});
