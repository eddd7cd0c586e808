import { beforeEach, describe, expect, it } from '@jest/globals';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { readEstado } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import type { EstadoInventario } from '../../lambdas/inventario-klk/questions/read-estado.ts';
import { useDatabase } from '../support/database.ts';
import { insertTiendas, load, resetInventario } from '../support/inventory.ts';
import { insertRun } from '../support/past-runs.ts';
import { BOSQUE, PERIFERICO, at, ejecucion, snapshot } from '../support/snapshots.ts';
import { questionContext } from '../support/world.ts';

const TWO_HOURS_MS = 2 * 3_600_000;

const dayOf = (time: number): string => toHora(new Date(time)).slice(0, 10);

const database = await useDatabase();

describe('The state of the stores', () => {
  beforeEach(async () => {
    await database.query('DELETE FROM etl_ejecuciones');
    await resetInventario(database);
  });

  const ask = (catalogo = [PERIFERICO]): Promise<EstadoInventario> =>
    readEstado(questionContext(database.etl, catalogo));
  const loadAt = (extraccion: Date): Promise<unknown> =>
    load(database.etl, snapshot({ '000001': '5', '000002': '-2', '000003': '-0.5' }, { extraccion }));

  it('It counts articles and negative stock, and the age since the last accepted extraction', async () => {
    const extraccion = new Date(Date.now() - 600_000);
    await loadAt(extraccion);
    const [piso] = (await ask()).almacenes;
    expect(piso).toMatchObject({
      tienda: 'tienda_01',
      almacen: 'APP-TPF',
      ultimaCarga: extraccion,
      articulos: 3,
      negativos: 2,
      atrasado: false,
    });
    expect(piso?.antiguedadSegundos).toBeGreaterThanOrEqual(599);
    expect(piso?.antiguedadSegundos).toBeLessThan(660);
  });

  it('A warehouse is late after two hours', async () => {
    await loadAt(new Date(Date.now() - TWO_HOURS_MS + 60_000));
    expect((await ask()).almacenes[0]?.atrasado).toBe(false);
    await database.query(`UPDATE almacen_snapshots SET extraccion = extraccion - interval '2 minutes'`);
    expect((await ask()).almacenes[0]?.atrasado).toBe(true);
  });

  it('A warehouse that was never loaded is called so and has no age', async () => {
    await database.query(
      `UPDATE almacenes SET fecha_creacion = now() - interval '3 hours' WHERE codigo = 'APP-PPF'`,
    );
    await database.query(`DELETE FROM almacenes WHERE codigo = 'APP-TPF'`);
    const never = { frescura: 'nunca cargado', ultimaCarga: null, antiguedadSegundos: null, atrasado: true };
    expect((await ask()).almacenes).toEqual([
      expect.objectContaining({ almacen: 'APP-TPF', ...never, ultimoIntento: null }),
      expect.objectContaining({ almacen: 'APP-PPF', ...never }),
    ]);
  });

  it('An inventory dated in the future is late and has no age', async () => {
    await loadAt(new Date(Date.now() + 3_600_000));
    const [piso] = (await ask()).almacenes;
    expect(piso).toMatchObject({ frescura: 'en el futuro', antiguedadSegundos: null, atrasado: true });
  });

  it('A run dated in the future is not the last one, unless there is no other', async () => {
    const tienda = PERIFERICO.id;
    const run = (n: number, inicio: Date, codigo?: string): Promise<void> =>
      insertRun(database, {
        id: ejecucion(n),
        inicio,
        estado: 'exitosa',
        almacenes: [{ almacen: 'APP-TPF', tienda, ...(codigo !== undefined && { codigo }) }],
      });
    await run(1, new Date(Date.now() + 3_600_000));
    expect((await ask()).ultimaEjecucion?.id).toBe(ejecucion(1));
    await run(2, new Date(Date.now() - 60_000), 'SNAPSHOT_ANTIGUO');
    const { almacenes, ultimaEjecucion } = await ask();
    expect(ultimaEjecucion?.id).toBe(ejecucion(2));
    expect(almacenes[0]?.ultimoIntento).toMatchObject({ errorCodigo: 'SNAPSHOT_ANTIGUO' });
  });

  it('The active stores are those of the catalogue, whatever the database says', async () => {
    await insertTiendas(database.etl, [BOSQUE]);
    await database.query('UPDATE almacenes SET activo = false');
    await database.query('UPDATE ubicaciones SET activo = false');
    const { almacenes } = await ask([PERIFERICO, { ...BOSQUE, activa: false }]);
    expect(almacenes.map(({ almacen }) => almacen)).toEqual(['APP-TPF', 'APP-PPF']);
  });

  it('The last attempt at each warehouse is shown, whichever run made it', async () => {
    const tienda = PERIFERICO.id;
    await insertRun(database, {
      id: ejecucion(1),
      inicio: at('10:00'),
      estado: 'exitosa',
      almacenes: [
        { almacen: 'APP-TPF', tienda, rechazados: 7 },
        { almacen: 'APP-PPF', tienda, rechazados: 3 },
      ],
    });
    await insertRun(database, {
      id: ejecucion(2),
      inicio: at('10:30'),
      estado: 'fallida',
      almacenes: [{ almacen: 'APP-TPF', tienda, codigo: 'KLK_VACIA' }],
    });
    const { almacenes, ultimaEjecucion } = await ask();
    expect(almacenes.map(({ ultimoIntento }) => ultimoIntento)).toEqual([
      expect.objectContaining({
        ejecucionId: ejecucion(2),
        estado: 'fallido',
        errorCodigo: 'KLK_VACIA',
        rechazados: 0,
      }),
      expect.objectContaining({
        ejecucionId: ejecucion(1),
        estado: 'cargado',
        errorCodigo: null,
        rechazados: 3,
      }),
    ]);
    expect(ultimaEjecucion).toMatchObject({ id: ejecucion(2), estado: 'fallida', errores: ['KLK_VACIA'] });
  });

  it('The growth of the history is shown by day and by month', async () => {
    expect((await ask()).crecimiento).toEqual({ dias: [], meses: [] });
    const almacen = { almacen: 'APP-TPF', tienda: PERIFERICO.id };
    const now = Date.now();
    const bosque = { almacen: 'APP-TBQ', tienda: BOSQUE.id, historico: 3, precios: 0 };
    await insertRun(database, {
      id: ejecucion(1),
      inicio: new Date(now - 3 * 86_400_000),
      estado: 'exitosa',
      almacenes: [{ ...almacen, historico: 5, precios: 1 }],
    });
    for (const [n, precios] of [
      [2, 2],
      [3, 4],
    ] as const) {
      await insertRun(database, {
        id: ejecucion(n),
        inicio: new Date(now - 3 + n),
        estado: 'exitosa',
        almacenes: [{ ...almacen, historico: 7, precios }, bosque],
      });
    }
    await database.query(
      `INSERT INTO inventario_versiones (ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, vigente_hasta, cambia_precio)
       SELECT 'tienda_01', 'APP-TPF', n::text, 1, $1::timestamptz - interval '1 hour', $1, false FROM generate_series(1, 40) AS n`,
      ['2026-10-31T23:59:00Z'],
    );
    await database.query('SELECT crear_particiones()');
    await database.query('ANALYZE inventario_versiones');
    const { crecimiento, ultimaEjecucion } = await ask();
    expect(ultimaEjecucion).toMatchObject({ id: ejecucion(3), preciosCambiados: 4 });
    expect(crecimiento.dias).toEqual([
      { dia: dayOf(now), versiones: 20, preciosCambiados: 6 },
      { dia: dayOf(now - 3 * 86_400_000), versiones: 5, preciosCambiados: 1 },
    ]);
    const [size] = await database.query(
      `SELECT pg_total_relation_size('inventario_versiones_2026_10')::float8 AS bytes`,
    );
    expect(crecimiento.meses).toEqual([{ mes: '2026-10', versiones: 40, ...size }]);
  });

  it('There is no last run where there was none', async () => {
    expect((await ask()).ultimaEjecucion).toBeNull();
  });

  it('It fails with BD_SIN_MIGRAR where a migration is missing', async () => {
    await database.query(`UPDATE migraciones SET name = name || '-otra'`);
    try {
      await expect(ask()).rejects.toMatchObject({ codigo: 'BD_SIN_MIGRAR' });
    } finally {
      await database.query(`UPDATE migraciones SET name = replace(name, '-otra', '')`);
    }
  });
});
