import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { addDias, DIA_MS, diaAt, startOfDia } from '../../lambdas/core/time/dia.ts';
import { runPipeline } from '../../lambdas/ventas-klk/pipeline.ts';
import { captureOutput } from '../support/output.ts';
import { propertyWithin } from '../support/property.ts';
import { TIENDAS, createVentasRun } from '../support/ventas-run.ts';
import type { VentasOptions } from '../support/ventas-run.ts';
import {
  AYER,
  expectLedgerTrue,
  findUntrue,
  readVendido,
  truthOf,
  useVentasScene,
} from '../support/ventas-scene.ts';
import { LIES, step } from './ventas-steps.ts';
import type { Fault, Step } from './ventas-steps.ts';

const scene = await useVentasScene({
  lineasPorDia: 30,
  quirks: { tardias: 0.2, anuladas: 0.1, repetidas: 0.1 },
});
const { database, klk } = scene;

/** The first day that is wanted. */
const PRIMERO = AYER;

/** No fault of a schedule is silence, so that a busy machine is not taken for a KLK that does not answer. */
const klkLimits = { timeoutMs: 30_000 };

const WANTED: VentasOptions = { tunables: { ventasDesde: PRIMERO }, klk: klkLimits };

/** Days are read again a week later at the latest; so that the last week's reading comes after all that happened, no more days pass. */
const MAX_DIAS = 6;
const A_WEEK_LATER = 8;

const daysUntilNow = (): string[] => {
  const dias: string[] = [];
  for (let dia = PRIMERO; dia <= diaAt(scene.now()); dia = addDias(dia, 1)) dias.push(dia);
  return dias;
};

const pass = (minutos: number): void => {
  scene.setNow(new Date(scene.now().getTime() + minutos * 60_000));
};

/** What a schedule has come to so far. */
interface Life {
  /** Runs in which KLK gave wrong answers that nobody can notice. */
  readonly misled: Set<string>;
}

async function play({ event }: Step, life: Life): Promise<void> {
  switch (event.what) {
    case 'run': {
      const momento = scene.now();
      await scene.run(WANTED);
      // What KLK lied about may contradict what it says now.
      if (life.misled.size === 0) await expectCaughtUp(momento);
      return;
    }
    case 'fault':
      await runWith(event.faults, WANTED, life);
      return;
    case 'KLK is down':
      await scene.run({ ...WANTED, klkUrl: new URL('http://127.0.0.1:1') });
      return;
    case 'by hand': {
      const hoy = diaAt(scene.now());
      const desde = [addDias(hoy, -event.desde), PRIMERO].toSorted().at(-1) ?? hoy;
      const hasta = [addDias(desde, event.dias), hoy].toSorted()[0] ?? hoy;
      const { forzar, tienda } = event;
      await runWith(event.faults, { ...WANTED, desde, hasta, forzar, tiendas: storesOf(tienda) }, life);
      return;
    }
    case 'small':
      await scene.run({
        tunables: { ...WANTED.tunables, tramoLineas: event.tramoLineas },
        klk: { ...klkLimits, maxBytes: event.maxBytes },
      });
      return;
    case 'sessions end': {
      const running = scene.start(WANTED);
      await sleep(event.afterMs);
      await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1::text`,
        [scene.systems.database.user],
      );
      await running;
      return;
    }
    case 'two at once': {
      const start = (): ReturnType<typeof runPipeline> =>
        runPipeline(createVentasRun(scene.systems, () => scene.now(), WANTED));
      await captureOutput(() => Promise.all([start(), start()]));
    }
  }
}

/** Each reason for which a slice is read again, alone: chance brings all of them together too seldom. */
const EACH_REASON: Step[] = [
  { pausaMinutos: 1, event: { what: 'run' } },
  // The hour that ended before the first run fails, and is not of the last hour any more when it is asked for again.
  {
    pausaMinutos: 30,
    event: { what: 'fault', faults: [{ fault: 'incompleta', tienda: undefined, veces: Infinity }] },
  },
  { pausaMinutos: 30, event: { what: 'run' } },
  // The last hour again.
  { pausaMinutos: 30, event: { what: 'run' } },
  // KLK falls silent on a person, and the rest of what the person asked for is left.
  {
    pausaMinutos: 30,
    event: {
      what: 'by hand',
      desde: 1,
      dias: 0,
      forzar: false,
      tienda: undefined,
      faults: [{ fault: 'cierra', tienda: undefined, veces: Infinity }],
    },
  },
  { pausaMinutos: 30, event: { what: 'run' } },
  // An hour that was last read before it ended.
  { pausaMinutos: 4 * 60, event: { what: 'run' } },
];

const storesOf = (index: 0 | 1 | undefined): readonly Tienda[] =>
  TIENDAS.filter((_tienda, other) => index === undefined || index === other);

/** One run while KLK answers so, which is over afterwards. */
async function runWith(faults: readonly Fault[], options: VentasOptions, { misled }: Life): Promise<void> {
  for (const { fault, tienda, veces } of faults)
    for (const { sucursalKlk } of storesOf(tienda)) klk.setFault(sucursalKlk, fault, veces);
  const { ejecucionId } = await scene.run(options);
  if (faults.some(({ fault }) => LIES.includes(fault))) misled.add(ejecucionId);
  for (const { sucursalKlk } of TIENDAS) klk.setFault(sucursalKlk, undefined);
}

/** A slice without a mark holds exactly the lines that KLK knew when it was read; only old days are closed. */
async function expectMarked({ misled }: Life): Promise<void> {
  await expectLedgerTrue(database);
  const slices = await database.query(
    `SELECT ubicacion_id AS tienda, dia::text, desde::text, hasta::text, estado, leido, ejecucion_id::text AS ejecucion
       FROM ventas_tramos WHERE leido IS NOT NULL AND error_codigo IS NULL AND rechazadas = 0`,
  );
  const held = new Map<string, Awaited<ReturnType<typeof readVendido>>>();
  for (const { tienda: id, dia, desde, hasta, estado, leido, ejecucion } of slices) {
    const tienda = TIENDAS.find((other) => other.id === id);
    if (tienda === undefined || !(leido instanceof Date))
      throw new Error('the ledger names stores and times');
    const [bounds, name] = [[String(desde), String(hasta)], String(dia)];
    if (estado === 'cerrado')
      expect(leido.getTime()).toBeGreaterThanOrEqual(startOfDia(name).getTime() + 2 * DIA_MS);
    if (misled.has(String(ejecucion))) continue;
    const inSlice = (lineas: ReturnType<typeof truthOf>): ReturnType<typeof truthOf> =>
      lineas.filter(([, , hora]) => (bounds[0] ?? '') <= hora && hora < (bounds[1] ?? ''));
    const key = `${tienda.id} ${name}`;
    const inDia = held.get(key) ?? (await readVendido(database, tienda, name));
    held.set(key, inDia);
    expect({ key, bounds, lineas: inSlice(inDia) }).toEqual({
      key,
      bounds,
      lineas: inSlice(truthOf(klk, tienda, name, leido)),
    });
  }
}

/**
 * A slice that a run which KLK answered has left behind: unread, failed, last read before it ended or before it was asked for, of today's last
 * hour and not read again, or not since the beginning of a day on which it is read again; one with rejected lines a day after its last reading.
 */
const BEHIND = `
  SELECT ubicacion_id, dia::text, desde::text, estado, leido, pedido, rechazadas, error_codigo
    FROM (SELECT *, (dia + hasta) AT TIME ZONE 'America/Caracas' AS fin, $1::timestamptz AS momento FROM ventas_tramos
           WHERE (dia + desde) AT TIME ZONE 'America/Caracas' <= $1::timestamptz) AS t
   WHERE leido IS NULL OR error_codigo IS NOT NULL OR leido < least(fin, momento) OR leido < pedido
      OR leido < momento AND dia = (momento AT TIME ZONE 'America/Caracas')::date AND fin > momento - interval '55 minutes'
      OR rechazadas > 0 AND leido <= momento - interval '1 day'
      OR EXISTS (SELECT FROM unnest('{1,2,7}'::integer[]) AS dias
                  WHERE leido < (dia + dias)::timestamp AT TIME ZONE 'America/Caracas' AND (dia + dias)::timestamp AT TIME ZONE 'America/Caracas' <= momento)`;

/** The run that began at this moment, which KLK answered, read every slice that was due, and no day is without slices. */
async function expectCaughtUp(momento: Date): Promise<void> {
  expect(await database.query(BEHIND, [momento])).toEqual([]);
  const known = await database.query('SELECT DISTINCT ubicacion_id, dia::text FROM ventas_tramos');
  expect(known).toHaveLength(TIENDAS.length * daysUntilNow().length);
}

it('Whatever happens, a slice without a mark holds what KLK knew, a run that KLK answers reads all that is due, and in the end every day is KLK’s and closed', async () => {
  await fc.assert(
    propertyWithin(60_000, fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await scene.reset();
      const life: Life = { misled: new Set() };
      const end = startOfDia(addDias(PRIMERO, MAX_DIAS)).getTime();
      for (const next of steps) {
        pass(next.pausaMinutos);
        if (scene.now().getTime() >= end) break;
        await play(next, life);
        await expectMarked(life);
      }
      pass(A_WEEK_LATER * 24 * 60);
      // What failed or changed waits up to a day.
      for (let reading = 0; reading < 4; reading += 1) {
        pass(24 * 60);
        await scene.run(WANTED);
      }

      const settled = addDias(diaAt(scene.now()), -A_WEEK_LATER);
      expect(
        await findUntrue(
          scene,
          daysUntilNow().filter((dia) => dia <= settled),
        ),
      ).toEqual([]);
      const open = await database.query(
        `SELECT ubicacion_id, dia::text, desde::text, estado, error_codigo FROM ventas_tramos
          WHERE estado <> 'cerrado' AND dia <= $1::date OR error_codigo IS NOT NULL`,
        [settled],
      );
      expect(open).toEqual([]);
    }),
    { numRuns: 40, examples: [[EACH_REASON]] },
  );
});

/** How KLK fails while it is dead, run after run. */
const DEATHS = ['cierra', 'sin-cabeceras', '503', 'vacia', 'sucursal-desconocida'] as const;

it('KLK is dead for two days: the days are marked, and once it is repaired everything is complete and true without a person', async () => {
  await scene.reset();
  const [HORAS, primeraMuerta] = [3, '2026-11-25'] as const;
  const [ultimaMuerta, repaired] = [addDias(primeraMuerta, 1), addDias(primeraMuerta, 2)];
  const runUntil = async (dia: string): Promise<void> => {
    for (let n = 0; diaAt(scene.now()) < dia; n += 1) {
      const dead = diaAt(scene.now()) >= primeraMuerta && diaAt(scene.now()) < repaired;
      klk.setFault('*', dead ? DEATHS[n % DEATHS.length] : undefined);
      await scene.run({ ...WANTED, origen: 'programada', klk: dead ? { timeoutMs: 300 } : klkLimits });
      pass(HORAS * 60);
    }
  };
  await runUntil(repaired);
  const states = await database.query(
    `SELECT ubicacion_id AS tienda, dia::text, estado FROM ventas_por_dia WHERE dia >= $1::date ORDER BY 1, 2`,
    [primeraMuerta],
  );
  expect(states.filter(({ estado }) => estado === 'completo')).toEqual([]);
  expect(states.map(({ dia }) => dia)).toEqual([...TIENDAS].flatMap(() => [primeraMuerta, ultimaMuerta]));
  await runUntil(addDias(ultimaMuerta, A_WEEK_LATER));

  const dias = daysUntilNow().filter((dia) => dia <= ultimaMuerta);
  expect(await findUntrue(scene, dias)).toEqual([]);
  expect(
    await database.query(
      `SELECT DISTINCT estado FROM ventas_por_dia WHERE dia BETWEEN $1::date AND $2::date`,
      [PRIMERO, ultimaMuerta],
    ),
  ).toEqual([{ estado: 'completo' }]);
  const again = await scene.run({ ...WANTED, desde: PRIMERO, hasta: ultimaMuerta });
  expect(again.totales).toMatchObject({ nuevas: 0, cambiadas: 0, retiradas: 0, rechazados: 0 });
  expect(again.totales.tramos).toMatchObject({ cargados: 0, fallidos: 0, pendientes: 0 });
});
