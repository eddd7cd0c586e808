import { renderEjecucion } from '../../bin/commands/historial.ts';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findEjecuciones, readEjecucion } from '../../bin/queries/read-ejecucion.ts';
import { readEjecuciones } from '../../lambdas/core/run/read-ejecuciones.ts';
import type { Historial } from '../../lambdas/core/run/read-ejecuciones.ts';
import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import { useDatabase } from '../support/database.ts';
import { insertRun } from '../support/past-runs.ts';
import { BOSQUE, PERIFERICO, ejecucion } from '../support/snapshots.ts';
import { askQuestion, questionContext } from '../support/world.ts';

const piso = { almacen: 'APP-TPF', tienda: PERIFERICO.id };
const bosque = { almacen: 'APP-TBQ', tienda: BOSQUE.id };

const database = await useDatabase();

describe('Past runs', () => {
  beforeAll(async () => {
    await insertRun(database, {
      id: ejecucion(1),
      inicio: new Date('2026-11-18T03:30:00Z'),
      estado: 'exitosa',
      almacenes: [piso, bosque],
    });
    await insertRun(database, {
      id: ejecucion(2),
      inicio: new Date('2026-11-18T04:30:00Z'),
      estado: 'parcial',
      almacenes: [{ ...piso, codigo: 'KLK_VACIA' }, bosque],
    });
    await insertRun(database, {
      id: ejecucion(3),
      inicio: new Date('2026-11-18T05:00:00Z'),
      estado: 'fallida',
      codigo: 'BD_INACCESIBLE',
    });
    await insertRun(database, {
      id: '20000000-0000-4000-8000-000000000000',
      inicio: new Date('2026-11-18T05:30:00Z'),
      estado: 'exitosa',
      almacenes: [bosque],
    });
  });

  const ask = <T>(question: (client: Queryable, vivas: readonly string[]) => Promise<T>): Promise<T> =>
    askQuestion(database, question);
  const inicios = async (historial: Historial): Promise<string[]> =>
    (await ask((client, vivas) => readEjecuciones(client, vivas, historial))).map(({ inicio }) =>
      inicio.toISOString().slice(11, 16),
    );

  it('They come newest first, with their phases and error codes', async () => {
    const [, before, parcial] = await ask((client, vivas) => readEjecuciones(client, vivas, {}));
    expect(before).toMatchObject({ estado: 'fallida', errores: ['BD_INACCESIBLE'], ms: { extraccion: 0 } });
    expect(parcial).toMatchObject({
      id: ejecucion(2),
      estado: 'parcial',
      duracionMs: 40_000,
      errores: ['KLK_VACIA'],
      ms: { extraccion: 6_000, transformacion: 400, carga: 1_800 },
    });
  });

  it('Those of one store are the runs that asked for it or failed before any store, with its own phases and errors', async () => {
    const runs = await ask((client, vivas) => readEjecuciones(client, vivas, { tienda: PERIFERICO.id }));
    expect(runs.map(({ estado, errores, ms }) => [estado, errores, ms.carga])).toEqual([
      ['fallida', ['BD_INACCESIBLE'], 0],
      ['parcial', ['KLK_VACIA'], 900],
      ['exitosa', [], 900],
    ]);
    const [, , ofBosque] = await ask((client, vivas) =>
      readEjecuciones(client, vivas, { tienda: BOSQUE.id }),
    );
    expect(ofBosque?.errores).toEqual([]);
  });

  it('They are filtered by days of Caracas, whose midnight is 04:00 UTC', async () => {
    expect(await inicios({ desde: '2026-11-18T00:00' })).toEqual(['05:30', '05:00', '04:30']);
    expect(await inicios({ desde: '2026-11-18T01:00' })).toEqual(['05:30', '05:00']);
    expect(await inicios({ desde: '2026-11-17T00:00' })).toHaveLength(4);
  });

  it('They are as many as asked for', async () => {
    expect(await inicios({ maximo: 2 })).toEqual(['05:30', '05:00']);
  });

  it('They are found by the beginning of their id', async () => {
    expect(await ask((client) => findEjecuciones(client, '3333'))).toEqual([ejecucion(3)]);
    expect(await ask((client) => findEjecuciones(client, '2'))).toHaveLength(2);
    expect(await ask((client) => findEjecuciones(client, '%'))).toEqual([]);
  });

  it('One is shown warehouse by warehouse', async () => {
    await database.query(
      `UPDATE etl_ejecucion_almacenes SET forzado_codigo = '{SOSPECHOSO_CEROS,SOSPECHOSO_NUEVOS}', precios_cambiados = 4 WHERE ejecucion_id = $1 AND estado = 'cargado'`,
      [ejecucion(2)],
    );
    const run = await ask((client, vivas) => readEjecucion(client, vivas, ejecucion(2)));
    const text = run && renderEjecucion(run, (origen) => origen, questionContext(database.etl));
    expect(text).toContain('! se cargó forzado, a pesar de SOSPECHOSO_CEROS,\n  SOSPECHOSO_NUEVOS\n');
    expect(text).toContain('\n  4 precios cambiados\n');
    expect(run).toMatchObject({ id: ejecucion(2), errores: ['KLK_VACIA'], preciosCambiados: 4 });
    expect(run?.almacenes).toEqual([
      expect.objectContaining({
        ...piso,
        estado: 'fallido',
        errorFase: 'extraccion',
        errorCodigo: 'KLK_VACIA',
      }),
      expect.objectContaining({
        ...bosque,
        estado: 'cargado',
        extraidos: 100,
        errorCodigo: null,
        forzadoCodigo: ['SOSPECHOSO_CEROS', 'SOSPECHOSO_NUEVOS'],
        preciosCambiados: 4,
        ms: { extraccion: 3_000, transformacion: 200, carga: 900 },
      }),
    ]);
    expect(await ask((client, vivas) => readEjecucion(client, vivas, ejecucion(9)))).toBeUndefined();
  });

  it('The duration of a run that died, or during which the clock was set back, is unknown', async () => {
    const inicio = new Date('2026-10-01T03:30:00Z');
    await insertRun(database, { id: ejecucion(4), inicio, estado: 'abandonada' });
    await database.query(`UPDATE etl_ejecuciones SET fin = inicio + interval '40 days' WHERE id = $1`, [
      ejecucion(4),
    ]);
    await insertRun(database, { id: ejecucion(5), inicio, estado: 'exitosa' });
    await database.query(`UPDATE etl_ejecuciones SET fin = inicio - interval '1 hour' WHERE id = $1`, [
      ejecucion(5),
    ]);
    await insertRun(database, { id: ejecucion(6), inicio, estado: 'fallida' });
    await database.query(`UPDATE etl_ejecuciones SET fin = inicio + interval '40 days' WHERE id = $1`, [
      ejecucion(6),
    ]);
    const runs = await ask((client, vivas) =>
      Promise.all([4, 5, 6].map((n) => readEjecucion(client, vivas, ejecucion(n)))),
    );
    expect(runs.map((run) => run?.duracionMs)).toEqual([null, null, 40 * 86_400_000]);
    expect(runs[0] && renderEjecucion(runs[0], (origen) => origen, questionContext(database.etl))).toContain(
      'murió sin poder anotar cuándo',
    );
  });

  it('A question cannot change them', async () => {
    await expect(ask((client) => client.query('DELETE FROM etl_ejecuciones'))).rejects.toMatchObject({
      codigo: 'BD_SOLO_LECTURA',
    });
  });
});
