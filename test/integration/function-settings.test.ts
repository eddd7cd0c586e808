import { beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '../support/database.ts';
import { insertTiendas, load } from '../support/inventory.ts';
import { at, PERIFERICO, snapshot } from '../support/snapshots.ts';

const MOMENTO = `timestamptz '2026-11-18T10:15:00Z'`;

/** What both functions answer, without a moment in it: those are written as the session wants. */
const QUESTION = `
  SELECT (SELECT jsonb_agg(i ORDER BY i.producto_id) FROM public.inventario_en(${MOMENTO}) AS i) AS inventario,
         (SELECT jsonb_agg(v.cantidad)
            FROM public.historial_producto('tienda_01', '000001', ${MOMENTO} - interval '1 day', ${MOMENTO} + interval '1 day') AS v) AS versiones`;

const database = await useDatabase();

beforeAll(async () => {
  await insertTiendas(database.etl, [PERIFERICO]);
  await load(database.etl, snapshot({ '000001': '5' }));
  await load(database.etl, snapshot({ '000001': '4' }, { extraccion: at('10:30') }));
});

describe('A function of the schema', () => {
  it('It sets the settings that its text depends on, unless its body is parsed when it is created', async () => {
    const rows = await database.query(
      `SELECT proname AS nombre,
              prosqlbody IS NOT NULL AS bound,
              ARRAY(SELECT split_part(setting, '=', 1) FROM unnest(proconfig) AS setting) AS settings
         FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`,
    );
    expect(rows.length).toBeGreaterThan(0);
    const free = rows.filter(({ bound }) => bound === false);
    for (const fn of free) {
      expect(fn).toMatchObject({
        settings: expect.arrayContaining(['search_path', 'TimeZone', 'DateStyle', 'IntervalStyle']),
      });
    }
  });

  it.each([
    ['search path', 'SET search_path = trampa'],
    ['time zone and date style', `SET timezone = 'Asia/Kolkata'; SET datestyle = 'SQL, DMY'`],
    ['interval style', `SET intervalstyle = 'sql_standard'`],
  ])('It answers the same whatever the %s of the caller', async (_title, settings) => {
    await database.query(
      `CREATE SCHEMA IF NOT EXISTS trampa;
       CREATE TABLE IF NOT EXISTS trampa.inventario_versiones (LIKE public.inventario_versiones);
       CREATE TABLE IF NOT EXISTS trampa.inventario_vigente (LIKE public.inventario_vigente);
       CREATE TABLE IF NOT EXISTS trampa.almacenes (LIKE public.almacenes);
       CREATE TABLE IF NOT EXISTS trampa.almacen_snapshots (LIKE public.almacen_snapshots)`,
    );
    const session = await database.openSession();
    const ask = (): Promise<unknown> => session.query(QUESTION);

    const answer = await ask();
    expect(answer).toMatchObject([{ inventario: [{ cantidad: 5 }], versiones: [5, 4] }]);
    await session.query(settings);
    expect(await ask()).toEqual(answer);
    await session.end();
  });
});
