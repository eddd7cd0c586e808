import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { sendJson } from '../../local/klk-simulator/answer.ts';
import { MENSAJE_RESUMEN_VENTAS } from '../../lambdas/core/config/contract.ts';
import { ALTAMIRA, BELLO_MONTE } from '../support/ventas-run.ts';
import { AYER, HOY, findUntrue, readVendido, truthOf, useVentasScene } from '../support/ventas-scene.ts';

const scene = await useVentasScene();
const { database, klk } = scene;
const caracas = (momento: string): Date => new Date(`${momento}:00-04:00`);

beforeEach(() => scene.reset());

/** The slices of a day of ALTAMIRA. */
const readLedger = (dia: string): Promise<Record<string, unknown>[]> =>
  database.query(
    `SELECT left(desde::text, 5) AS desde, left(hasta::text, 5) AS hasta, estado, lineas, lecturas, rechazadas, error_codigo
       FROM ventas_tramos WHERE ubicacion_id = $1::text AND dia = $2::date ORDER BY ventas_tramos.desde`,
    [ALTAMIRA.id, dia],
  );

const WEEK = [HOY, AYER, '2026-11-22', '2026-11-21', '2026-11-20', '2026-11-19', '2026-11-18', '2026-11-17'];

describe('a run', () => {
  it('reads today up to now and the week before, and the tables hold what KLK knows', async () => {
    const resumen = await scene.run();

    expect(resumen).toMatchObject({
      estado: 'exitosa',
      totales: {
        tiendas: 2,
        cargadas: 2,
        fallidas: 0,
        omitidas: 0,
        rechazados: 0,
        tramos: { fallidos: 0, pendientes: 0 },
      },
    });
    expect(resumen.error).toBeUndefined();
    expect(await findUntrue(scene, WEEK)).toEqual([]);
    expect(await readLedger(AYER)).toMatchObject(
      Array.from({ length: 8 }, () => ({ estado: 'provisional', lecturas: 1 })),
    );
    expect((await readLedger(HOY)).filter(({ estado }) => estado === 'pendiente')).toHaveLength(6);
  });

  it('records what it came to: the run, each store, and its summary as one line', async () => {
    const resumen = await scene.run();

    expect(
      await database.query(
        `SELECT id::text, flujo, estado, cargadas, extraidos, lineas_nuevas, tramos_leidos, tramos_fallidos, tramos_pendientes,
                trim_scale(venta_total)::text AS venta, inventario, fin IS NOT NULL AS cerrada FROM etl_ejecuciones`,
      ),
    ).toEqual([
      {
        id: resumen.ejecucionId,
        flujo: 'ventas',
        estado: 'exitosa',
        cargadas: 2,
        extraidos: resumen.totales.extraidos,
        lineas_nuevas: resumen.totales.nuevas,
        tramos_leidos: resumen.totales.tramos.cargados + resumen.totales.tramos.iguales,
        tramos_fallidos: 0,
        tramos_pendientes: 0,
        venta: resumen.totales.ventaUsd,
        inventario: null,
        cerrada: true,
      },
    ]);
    expect(
      await database.query(
        'SELECT ubicacion_id AS id, estado, lineas_nuevas AS nuevas, dias FROM etl_ejecucion_ventas ORDER BY 1',
      ),
    ).toEqual(resumen.tiendas.map(({ id, nuevas }) => ({ id, estado: 'cargada', nuevas, dias: 8 })));
    const [total] = await database.query('SELECT trim_scale(sum(venta_total))::text AS venta FROM ventas');
    expect(resumen.totales.ventaUsd).toBe(total?.['venta']);
    expect(scene.lines().filter(({ message }) => message === MENSAJE_RESUMEN_VENTAS)).toHaveLength(1);
  });

  it('asks half an hour later for the last hour alone, and changes what has changed', async () => {
    // The second reading closes the days that are old enough.
    await scene.run();
    await scene.run();
    scene.setNow(caracas('2026-11-24T16:40'));
    klk.requests.splice(0);
    const resumen = await scene.run();

    expect(new Set(klk.requests.map(({ pedidoVentas }) => pedidoVentas?.hora_desde))).toEqual(
      new Set(['15:00:00', '16:00:00']),
    );
    expect(resumen.totales.retiradas).toBe(0);
    expect(await findUntrue(scene, [HOY])).toEqual([]);
  });

  it('brings late lines and removes cancelled ones, until every day is closed and true', async () => {
    for (let dia = 24; dia <= 27; dia += 1) {
      for (const hora of ['00:20', '12:00', '23:50']) {
        scene.setNow(caracas(`2026-11-${dia}T${hora}`));
        await scene.run();
      }
    }

    expect(await findUntrue(scene, ['2026-11-25', HOY, AYER, '2026-11-22'])).toEqual([]);
    expect(new Set((await readLedger(HOY)).map(({ estado }) => estado))).toEqual(new Set(['cerrado']));
  });

  it('reads the days that a person names again, and no others', async () => {
    await scene.run();
    klk.requests.splice(0);
    const resumen = await scene.run({ desde: '2026-11-18', hasta: '2026-11-19' });

    expect(resumen).toMatchObject({ desde: '2026-11-18', hasta: '2026-11-19', estado: 'exitosa' });
    expect(new Set(klk.requests.map(({ pedidoVentas }) => pedidoVentas?.fecha_desde))).toEqual(
      new Set(['2026-11-18', '2026-11-19']),
    );
    expect(resumen.totales.tramos).toMatchObject({ cargados: 0, iguales: 32 });
  });

  it('goes back as far as the configuration says, newest days first', async () => {
    await scene.run({
      tiendas: [ALTAMIRA],
      tunables: { ventasDesde: '2026-11-01' },
      klk: { concurrency: 1 },
    });
    const dias = klk.requests.flatMap(({ pedidoVentas }) => pedidoVentas?.fecha_desde ?? []);

    expect(dias[0]).toBe(HOY);
    expect(dias.at(-1)).toBe('2026-11-01');
    expect(new Set(dias).size).toBe(24);
  });

  it('simulates without a connection to the database', async () => {
    const resumen = await scene.start({
      dryRun: true,
      readDatabaseSettings: () => Promise.reject(new Error('a dry run opens no database')),
    });

    expect(resumen.tiendas.map(({ estado }) => estado)).toEqual(['simulada', 'simulada']);
    expect(await database.query('SELECT FROM ventas_tramos')).toEqual([]);
  });
});

describe('slices that are too large', () => {
  it('are split by what the store sells in each hour', async () => {
    await scene.run({ tiendas: [ALTAMIRA] });
    scene.setNow(caracas('2026-11-25T12:00'));
    await database.query(`DELETE FROM ventas_tramos WHERE dia = '2026-11-20'`);
    await database.query(`DELETE FROM ventas WHERE dia = '2026-11-20'`);
    await scene.run({ tiendas: [ALTAMIRA], tunables: { tramoLineas: 60 } });
    const slices = await readLedger('2026-11-20');

    expect(slices.length).toBeGreaterThan(4);
    expect(slices.every(({ lineas }) => Number(lineas) < 120)).toBe(true);
    expect(await readVendido(database, ALTAMIRA, '2026-11-20')).toEqual(truthOf(klk, ALTAMIRA, '2026-11-20'));
  });

  it('are halved at once when KLK answers too much, without asking for the whole again', async () => {
    const resumen = await scene.run({ desde: AYER, klk: { maxBytes: 60_000, retries: 3 } });

    expect(resumen).toMatchObject({ estado: 'exitosa', totales: { tramos: { fallidos: 0, pendientes: 0 } } });
    expect(await findUntrue(scene, [AYER])).toEqual([]);
    const asked = klk.requests.map(
      ({ pedidoVentas: p }) => `${p?.sucursal} ${p?.hora_desde} ${p?.hora_hasta}`,
    );
    expect(new Set(asked).size).toBe(asked.length);
    expect((await readLedger(AYER)).length).toBeGreaterThan(8);
  });
});

describe('a slice that fails', () => {
  it('keeps its lines, says why, and is read again an hour later', async () => {
    await scene.run();
    const before = await readVendido(database, ALTAMIRA, AYER);
    klk.setFault(ALTAMIRA.sucursalKlk, 'incompleta', { dia: AYER });
    const resumen = await scene.run({ desde: AYER });

    expect(resumen).toMatchObject({ estado: 'parcial', totales: { fallidas: 1, cargadas: 1 } });
    expect(resumen.tiendas[0]?.errores[0]).toMatchObject({
      dia: AYER,
      codigo: 'KLK_INCOMPLETA',
      fase: 'extraccion',
    });
    expect(await readVendido(database, ALTAMIRA, AYER)).toEqual(before);
    expect((await readLedger(AYER))[4]).toMatchObject({
      estado: 'fallido',
      error_codigo: 'KLK_INCOMPLETA',
    });

    klk.setFault(ALTAMIRA.sucursalKlk, undefined);
    scene.setNow(caracas('2026-11-24T17:20'));
    await scene.run();
    expect((await readLedger(AYER)).filter(({ error_codigo }) => error_codigo !== null)).toEqual([]);
  });

  it('of a store that does not answer leaves the rest of the store, and the other stores are read', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'cierra');
    const resumen = await scene.run();

    expect(resumen.tiendas).toMatchObject([
      { estado: 'fallida', tramos: { cargados: 0 } },
      { estado: 'cargada', tramos: { fallidos: 0, pendientes: 0 } },
    ]);
    expect(resumen.tiendas[0]?.tramos.fallidos).toBeLessThanOrEqual(5);
    expect(resumen.tiendas[0]?.tramos.pendientes).toBeGreaterThan(10);
    expect(await readVendido(database, BELLO_MONTE, AYER)).toEqual(truthOf(klk, BELLO_MONTE, AYER));
  });

  it('because KLK is down ends the run at once, and the next one heals everything', async () => {
    const resumen = await scene.run({ klkUrl: new URL('http://127.0.0.1:1') });

    expect(resumen).toMatchObject({ estado: 'fallida', totales: { fallidas: 2 } });
    expect(resumen.totales.tramos.fallidos).toBeLessThan(8);
    expect((await scene.run()).estado).toBe('exitosa');
    expect(await findUntrue(scene, WEEK)).toEqual([]);
  });

  it('of a store whose KLK is broken is tried three times, and the rest of the store is left', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, '500');
    const resumen = await scene.run({ klk: { concurrency: 1 } });

    // Slices that other workers had begun are finished.
    expect(resumen.tiendas[0]?.tramos.fallidos).toBeLessThanOrEqual(5);
    expect(resumen.tiendas[1]).toMatchObject({ estado: 'cargada', tramos: { fallidos: 0, pendientes: 0 } });
  });

  it('of a closed day leaves it closed, unless its answer is suspicious', async () => {
    const dia = '2026-11-18';
    const estadosOf = async (): Promise<unknown[]> => [
      ...new Set((await readLedger(dia)).map(({ estado }) => estado)),
    ];
    await scene.run();
    await scene.run();
    expect(await estadosOf()).toEqual(['cerrado']);

    klk.setFault(ALTAMIRA.sucursalKlk, 'incompleta', { dia });
    await scene.run({ desde: dia });
    expect(await estadosOf()).toEqual(['cerrado']);

    klk.setFault(ALTAMIRA.sucursalKlk, 'encogida', { dia });
    const resumen = await scene.run({ desde: dia });
    expect(resumen.tiendas[0]?.errores.map(({ codigo }) => codigo)).toContain('SOSPECHOSO_DIA_CERRADO');
    expect(await estadosOf()).toContain('fallido');
    expect(await findUntrue(scene, [dia])).toEqual([]);

    klk.setFault(ALTAMIRA.sucursalKlk, undefined, { dia });
    await scene.run();
    expect(await estadosOf()).toEqual(['cerrado']);
  });

  it('for lack of time is left for the next run, and the store is omitted', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    klk.setFault(ALTAMIRA.sucursalKlk, (response, healthy) => {
      void held.then(() => {
        sendJson(response, healthy);
      });
    });
    const running = scene.run({ limitMs: 3_000, klk: { timeoutMs: 60_000, concurrency: 1 } });
    const resumen = await running;
    release();

    expect(resumen.tiendas.map(({ estado }) => estado)).toContain('omitida');
    expect(resumen.tiendas.flatMap(({ errores }) => errores.map(({ codigo }) => codigo))).toContain(
      'SIN_TIEMPO',
    );
    expect((await readLedger(HOY)).every(({ estado }) => estado === 'pendiente')).toBe(true);
    klk.setFault(ALTAMIRA.sucursalKlk, undefined);
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('rejected lines', () => {
  it('are kept with the slice that they are of, and the others load', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'cantidad-ilegible', { dia: AYER });
    const resumen = await scene.run({ desde: AYER });

    const rejected = await database.query(
      `SELECT motivo, numero_factura IS NOT NULL AS con_numero, ubicacion_id AS tienda, ejecucion_id::text AS ejecucion
         FROM ventas_rechazos`,
    );
    expect(resumen.estado).toBe('exitosa');
    expect(resumen.totales.rechazados).toBeGreaterThan(1);
    expect(rejected).toEqual(
      Array.from({ length: resumen.totales.rechazados }, () => ({
        motivo: 'CANTIDAD_ILEGIBLE',
        con_numero: true,
        tienda: ALTAMIRA.id,
        ejecucion: resumen.ejecucionId,
      })),
    );
    expect(await readVendido(database, ALTAMIRA, AYER)).toHaveLength(
      truthOf(klk, ALTAMIRA, AYER).length - resumen.totales.rechazados,
    );
  });
});

describe('two pipelines', () => {
  it('A run that died is closed by the next run of its own pipeline alone', async () => {
    const [ventas, inventario] = [randomUUID(), randomUUID()];
    await database.query(
      `INSERT INTO etl_ejecuciones (id, flujo, origen, inicio) VALUES ($1, 'ventas', 'programada', now()), ($2, 'inventario', 'programada', now())`,
      [ventas, inventario],
    );
    await scene.run();

    expect(
      await database.query(
        'SELECT flujo, estado FROM etl_ejecuciones WHERE id = ANY ($1::uuid[]) ORDER BY flujo',
        [[ventas, inventario]],
      ),
    ).toEqual([
      { flujo: 'inventario', estado: 'en_curso' },
      { flujo: 'ventas', estado: 'abandonada' },
    ]);
  });
});
