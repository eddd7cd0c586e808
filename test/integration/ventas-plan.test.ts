import { beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { MENSAJES_VENTAS } from '../../lambdas/ventas-klk/log.ts';
import { readTramos, readTramosAbiertos } from '../../lambdas/ventas-klk/load/read-tramos.ts';
import { planTramos } from '../../lambdas/ventas-klk/plan.ts';
import { sendJson } from '../../local/klk-simulator/answer.ts';
import { ALTAMIRA } from '../support/ventas-run.ts';
import { AYER, HOY, readVendido, truthOf, useVentasScene } from '../support/ventas-scene.ts';

const scene = await useVentasScene();
const { database, klk } = scene;
const caracas = (momento: string): Date => new Date(`${momento}:00-04:00`);
const SOLO = { tiendas: [ALTAMIRA] };

beforeEach(() => scene.reset());

/** How many slices of a day or of all days are so. */
async function countTramos(condition: string): Promise<number> {
  const [row] = await database.query(
    `SELECT count(*)::integer AS n FROM ventas_tramos WHERE ubicacion_id = '${ALTAMIRA.id}' AND (${condition})`,
  );
  return Number(row?.['n']);
}

/** Days of which the ledger has no slice. */
const findMissing = (desde: string, hasta: string): Promise<unknown[]> =>
  database.query(
    `SELECT $1::date + n AS dia FROM generate_series(0, $2::date - $1::date) AS n
      WHERE NOT EXISTS (SELECT FROM ventas_tramos WHERE ubicacion_id = '${ALTAMIRA.id}' AND dia = $1::date + n)`,
    [desde, hasta],
  );

const askedDias = (): Set<string> =>
  new Set(klk.requests.flatMap(({ pedidoVentas }) => pedidoVentas?.fecha_desde ?? []));

describe('what KLK never answers', () => {
  it('keeps nothing else of its store from being read', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'cierra', { dia: AYER });
    await scene.run(SOLO);
    expect(await countTramos(`error_codigo IS NOT NULL AND dia = '${AYER}'`)).toBeGreaterThan(0);

    // Each run tries some slices of that day anew, until all of them have failed.
    for (let hora = 17; hora < 22; hora += 1) {
      scene.setNow(caracas(`2026-11-24T${hora}:10`));
      await scene.run(SOLO);
    }
    expect(await countTramos(`leido IS NULL AND dia < '${AYER}'`)).toBe(0);
    expect(await readVendido(database, ALTAMIRA, '2026-11-18')).toEqual(truthOf(klk, ALTAMIRA, '2026-11-18'));
  });

  it('is not asked for by every run when its day is long over', async () => {
    const dia = '2026-10-01';
    klk.setFault(ALTAMIRA.sucursalKlk, 'forma', { dia });
    await scene.run({ ...SOLO, desde: dia, hasta: dia });
    scene.setNow(caracas('2026-11-24T17:00'));
    klk.requests.splice(0);
    await scene.run(SOLO);
    expect([...askedDias()]).not.toContain(dia);

    scene.setNow(caracas('2026-11-25T17:00'));
    await scene.run(SOLO);
    expect([...askedDias()]).toContain(dia);
  });
});

describe('a day that a person asked for', () => {
  it('makes no run read the days between it and those that the configuration wants', async () => {
    await scene.run({ ...SOLO, desde: '2026-10-01', hasta: '2026-10-01' });
    await scene.run(SOLO);

    expect([...askedDias()].toSorted().slice(0, 2)).toEqual(['2026-10-01', '2026-11-17']);
  });

  it('hides no day for which there was no run before it', async () => {
    await scene.run(SOLO);
    scene.setNow(caracas('2026-12-10T12:00'));
    await scene.run({ ...SOLO, desde: '2026-12-09', hasta: '2026-12-09' });
    await scene.run(SOLO);

    expect(await countTramos(`dia BETWEEN '2026-11-25' AND '2026-12-08' AND leido IS NULL`)).toBe(0);
    expect(await findMissing('2026-11-17', '2026-12-10')).toEqual([]);
  });
});

it('a history that KLK refuses does not keep days that were read from being closed', async () => {
  const tunables = { ventasDesde: '2026-11-01' };
  klk.setFault(ALTAMIRA.sucursalKlk, (response, healthy) => {
    const asked = klk.requests.at(-1)?.pedidoVentas?.fecha_desde ?? '';
    if (asked >= '2026-11-12') sendJson(response, healthy);
    else sendJson(response, { error: 'fecha fuera de rango' }, 400);
  });
  for (const momento of ['24T16:10', '24T17:10', '25T16:20', '26T16:30', '27T16:40', '28T16:50']) {
    scene.setNow(caracas(`2026-11-${momento}`));
    await scene.run({ ...SOLO, tunables, klk: { concurrency: 1 } });
  }

  expect(await countTramos(`dia BETWEEN '2026-11-12' AND '${AYER}' AND estado <> 'cerrado'`)).toBe(0);
});

it('days before a first day that was set later are given up, unless they were read or a person asks for them', async () => {
  klk.setFault(ALTAMIRA.sucursalKlk, (response, healthy) => {
    const asked = klk.requests.at(-1)?.pedidoVentas?.fecha_desde ?? '';
    if (asked >= '2026-11-12') sendJson(response, healthy);
    else sendJson(response, { error: 'fecha fuera de rango' }, 400);
  });
  const pendientesOf = async (ventasDesde: string): Promise<number | undefined> => {
    klk.requests.splice(0);
    let dias: number | undefined;
    await scene.run({
      ...SOLO,
      tunables: { ventasDesde },
      publish: (_resumen, pendientes) => (dias = pendientes?.diasIncompletos),
    });
    return dias;
  };

  expect(await pendientesOf('2026-11-01')).toBe(11);
  expect(await pendientesOf('2026-11-12')).toBe(0);
  expect([...askedDias()].filter((dia) => dia < '2026-11-12')).toEqual([]);
  klk.setFault(ALTAMIRA.sucursalKlk, undefined);
  await scene.run({ ...SOLO, desde: '2026-11-10', hasta: '2026-11-10' });
  expect(await countTramos(`dia = '2026-11-10' AND leido IS NULL`)).toBe(0);
});

describe('a store without sales', () => {
  it('is warned of when no line of it was ever accepted', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'vacia');
    await scene.run();
    await scene.run();

    expect(scene.lines()).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: MENSAJES_VENTAS.sinVentas, tiendas: [ALTAMIRA.id] }),
    );
    klk.setFault(ALTAMIRA.sucursalKlk, undefined);
    await scene.run({ ...SOLO, desde: AYER });
    await scene.run();
    expect(scene.lines().map(({ message }) => message)).not.toContain(MENSAJES_VENTAS.sinVentas);
  });

  it('does not have its empty days closed before seven days have passed', async () => {
    await scene.run({ ...SOLO, desde: AYER });
    klk.setFault(ALTAMIRA.sucursalKlk, 'vacia', { dia: '2026-11-25' });
    const closed = (): Promise<number> => countTramos(`dia = '2026-11-25' AND estado = 'cerrado'`);
    for (const momento of ['2026-11-25T12:00', '2026-11-26T12:00', '2026-11-27T12:00', '2026-12-01T23:40']) {
      scene.setNow(caracas(momento));
      await scene.run(SOLO);
    }
    expect(await closed()).toBe(0);

    scene.setNow(caracas('2026-12-02T00:20'));
    await scene.run(SOLO);
    expect(await closed()).toBe(18);
  });
});

describe('answers that are too large', () => {
  it('are not halved below a quarter of an hour, and leave the store', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'infinito');
    const resumen = await scene.run({ ...SOLO, klk: { maxBytes: 20_000 } });

    expect(resumen.tiendas[0]?.errores.map(({ codigo }) => codigo)).toContain('KLK_DEMASIADO_GRANDE');
    expect(klk.requests.length).toBeLessThan(40);
    expect(await countTramos(`hasta - desde < interval '15 minutes'`)).toBe(0);
  });
});

describe('a slice that KLK does not answer in time', () => {
  it('is not cut while KLK answers nothing of its store', async () => {
    klk.setFault(ALTAMIRA.sucursalKlk, 'sin-cabeceras');
    await scene.run({ ...SOLO, klk: { timeoutMs: 1_000 } });

    expect(await countTramos(`hasta - desde < interval '1 hour'`)).toBe(0);
  });

  it('is cut when it was never read, and not when it holds few lines', async () => {
    await scene.run({ ...SOLO, desde: AYER });
    const before = await countTramos(`dia = '${AYER}'`);
    klk.setFault(ALTAMIRA.sucursalKlk, 'sin-cabeceras', { dia: AYER });
    await scene.run({ ...SOLO, desde: AYER, klk: { timeoutMs: 1_000 } });
    expect(await countTramos(`dia = '${AYER}'`)).toBe(before);

    klk.setFault(ALTAMIRA.sucursalKlk, undefined);
    klk.setFault(ALTAMIRA.sucursalKlk, 'sin-cabeceras', { dia: '2026-11-20' });
    await scene.run({ ...SOLO, klk: { timeoutMs: 1_000 } });
    expect(await countTramos(`dia = '2026-11-20'`)).toBe(2);
  });
});

it('weeks without a run leave no hole', async () => {
  await scene.run();
  scene.setNow(caracas('2026-12-10T12:00'));
  await scene.run();

  const [row] = await database.query(
    `SELECT count(DISTINCT dia)::integer AS dias FROM ventas_tramos WHERE ubicacion_id = $1 AND dia BETWEEN '2026-11-17' AND '2026-12-10' AND leido IS NOT NULL`,
    [ALTAMIRA.id],
  );
  expect(row).toEqual({ dias: 24 });
  expect(await readVendido(database, ALTAMIRA, '2026-11-28')).toEqual(truthOf(klk, ALTAMIRA, '2026-11-28'));
});

describe('what a person asked for', () => {
  it('and no run had time for, scheduled runs read', async () => {
    await scene.run({ ...SOLO, desde: '2026-09-01', hasta: '2026-09-02' });
    scene.setNow(caracas('2026-11-24T17:00'));
    await scene.run({ ...SOLO, desde: '2026-09-01', hasta: '2026-09-02', limitMs: 1_900 });
    expect(await countTramos('leido < pedido')).toBe(16);

    await scene.run(SOLO);
    expect(await countTramos('leido < pedido')).toBe(0);
  });

  it('and is asked for again keeps its place until it is read', async () => {
    await scene.run({ ...SOLO, desde: '2026-11-18', hasta: '2026-11-19' });
    await database.query(
      `UPDATE ventas_tramos SET pedido = leido + interval '1 second' WHERE dia = '2026-11-18'`,
    );
    scene.setNow(caracas('2026-11-24T17:00'));
    klk.requests.splice(0);
    await scene.run({ ...SOLO, desde: '2026-11-18', hasta: '2026-11-19', klk: { concurrency: 1 } });

    expect([...askedDias()]).toEqual(['2026-11-18', '2026-11-19']);
  });
});

it('a scheduled run that has no time for yesterday leaves its store out', async () => {
  await scene.run();
  scene.setNow(caracas('2026-11-25T00:30'));
  await scene.run();
  await database.query(
    `UPDATE ventas_tramos SET estado = 'provisional', leido = (dia + desde) AT TIME ZONE 'America/Caracas', ultimo_cambio = NULL
      WHERE dia = '${HOY}' AND ubicacion_id = $1`,
    [ALTAMIRA.id],
  );
  klk.setFault(ALTAMIRA.sucursalKlk, 'sin-cabeceras', { dia: HOY });
  const resumen = await scene.run({
    ...SOLO,
    origen: 'programada',
    limitMs: 2_500,
    klk: { timeoutMs: 60_000 },
  });

  expect(resumen).toMatchObject({
    tiendas: [{ estado: 'omitida', errores: [{ dia: HOY, codigo: 'SIN_TIEMPO' }] }],
  });
});

describe('the ledger of a long history', () => {
  it('is read no further than a run can read, and the plan is that of the whole ledger', async () => {
    await scene.run(SOLO);
    await database.query(
      `INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, lecturas, leido, cerrado, error_codigo, error_mensaje, error_momento, pedido)
       SELECT $1, d::date, make_time(h, 0, 0), make_time(h, 0, 0) + interval '1 hour' - CASE WHEN h = 23 THEN interval '1 minute' ELSE interval '0' END,
              e.estado, CASE e.estado WHEN 'cerrado' THEN 2 ELSE 1 + h % 2 END, d + CASE WHEN h < 12 THEN interval '60 days' ELSE interval '29 days' END + h * interval '1 hour',
              CASE e.estado WHEN 'cerrado' THEN d + interval '3 days' END, CASE e.estado WHEN 'fallido' THEN 'KLK_ERROR' END, CASE e.estado WHEN 'fallido' THEN 'x' END,
              CASE e.estado WHEN 'fallido' THEN $2::timestamptz - h * interval '3 hours' END, CASE WHEN h % 4 = 0 THEN $2::timestamptz - h * interval '1 day' END
         FROM generate_series('2025-11-01'::timestamp, '2026-10-19'::timestamp, '1 day') AS d
        CROSS JOIN generate_series(0, 23) AS h
        CROSS JOIN LATERAL (SELECT CASE h % 3 WHEN 0 THEN 'fallido' WHEN 1 THEN 'provisional' ELSE 'cerrado' END AS estado) AS e`,
      [ALTAMIRA.id, scene.now()],
    );
    const client = new Client(toClientConfig(database.etl));
    await client.connect();
    try {
      const momento = scene.now();
      const some = await readTramosAbiertos(client, [ALTAMIRA.id], momento, undefined);
      const all = await readTramos(client, [ALTAMIRA.id], { desde: '2025-11-01', hasta: HOY });

      const plan = planTramos(some, momento);
      expect(plan).toEqual(planTramos(all, momento));
      // The newest of these days are just older than the days of which all open slices are read.
      expect(plan.some(({ tramo }) => tramo.dia === '2026-10-19')).toBe(true);
      expect(plan.length).toBeGreaterThan(4_000);
      expect(some.length).toBeLessThan(all.length - 1_000);
    } finally {
      await client.end();
    }
  });
});
