import { afterAll } from '@jest/globals';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { runPipeline } from '../../lambdas/ventas-klk/pipeline.ts';
import type { Resumen } from '../../lambdas/ventas-klk/summary.ts';
import { sendJson } from '../../local/klk-simulator/answer.ts';
import type { KlkBehaviour } from '../../local/klk-simulator/faults.ts';
import type { KlkSimulatorOptions } from '../../local/klk-simulator/server.ts';
import { captureOutput, toLogLines } from '../support/output.ts';
import type { LogLine } from '../support/output.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';
import { testServer } from '../support/test-server.ts';
import { TIENDAS, createVentasRun } from '../support/ventas-run.ts';
import type { VentasOptions } from '../support/ventas-run.ts';
import { AYER, HOY, useVentasScene } from '../support/ventas-scene.ts';
import type { VentasScene } from '../support/ventas-scene.ts';
import { watchAnswers } from '../support/watch-answers.ts';
import { startChildRun } from './deaths.ts';
import type { Mortal } from './deaths.ts';
import { LOOK, expectVentasTrue } from './ventas-evidence.ts';

/** A scene of the sales with a proxy in front of its database, in which no run escapes the invariants. */
export interface WatchedVentas extends VentasScene {
  readonly proxy: PgProxy;
  /** The pipeline's user, through the proxy. */
  readonly settings: DatabaseSettings;
  /** One run that is not checked, for `watch`. Undefined is a run that died. */
  startRun(options?: VentasOptions): Promise<Resumen>;
  /** Lets runs happen while a reader looks on, then checks what the reader saw, the ledger, the summaries and the run tables. */
  watch<T extends readonly (Resumen | undefined)[]>(fn: () => Promise<T>): Promise<T>;
  /** From now on the runs may fail to record what they did: the test takes the database away from them. */
  loseRecords(): void;
}

/** Lines that each store sells on a day: enough that the smallest slice of three hours has 20. */
const LINEAS = 500;

/** A scene whose runs are watched, for the tests of one file. */
export async function useWatchedVentas(options: Partial<KlkSimulatorOptions> = {}): Promise<WatchedVentas> {
  const proxy = await startPgProxy(testServer());
  afterAll(() => proxy.close());
  const scene = await useVentasScene({
    lineasPorDia: LINEAS,
    // Many, so that each day changes while it is looked at.
    quirks: { tardias: 0.15, anuladas: 0.05, repetidas: 0.02 },
    ...options,
  });
  const { database } = scene;
  const systems = {
    ...scene.systems,
    database: { ...scene.systems.database, host: '127.0.0.1', port: proxy.port },
  };
  const { headers } = systems;
  const canaries = [...Object.values(headers), systems.database.password];
  let lines: readonly LogLine[] = [];
  let mayLoseRecords = false;

  const watched: WatchedVentas = {
    ...scene,
    systems,
    settings: systems.database,
    proxy,
    startRun: (asked) => runPipeline(createVentasRun(systems, () => scene.now(), asked)),
    async watch(fn) {
      const { result, answers } = await watchAnswers(database, LOOK, [], () => captureOutput(fn));
      const { outcome, output } = result;
      if (outcome.status === 'rejected') throw outcome.reason;
      lines = toLogLines(output);
      const resumenes = outcome.value.flatMap((resumen) => resumen ?? []);
      const runs = outcome.value.length;
      await expectVentasTrue({
        database,
        answers,
        resumenes,
        runs,
        lines,
        output,
        canaries,
        mayLoseRecords,
      });
      return outcome.value;
    },
    run: async (asked) => {
      const [resumen] = await watched.watch(async () => [await watched.startRun(asked)] as const);
      return resumen;
    },
    loseRecords: () => void (mayLoseRecords = true),
    lines: () => lines,
    async reset() {
      proxy.reset();
      mayLoseRecords = false;
      await scene.reset();
    },
  };
  return watched;
}

/** Behaviour of KLK: every line costs `usd` dollars, so that the lines tell which answer they came from. */
export const sellingAt =
  (usd: number): KlkBehaviour =>
  (response, healthy) => {
    if (!('ventas' in healthy)) throw new Error('these are sales');
    const ventas = healthy.ventas.map((venta) => ({
      ...venta,
      financiero: venta.financiero.map((importe) => ({ ...importe, venta_total_usd: usd })),
    }));
    sendJson(response, { ...healthy, ventas });
  };

/** Two days of both stores, in slices of which the older day's are the larger. */
const PERIODO = { desde: AYER, hasta: HOY };

/** The runs of the sales, for deaths.ts. */
export const mortalVentas = (world: WatchedVentas): Mortal<Resumen | undefined> => ({
  ...world,
  died: undefined,
  withinMs: 600,
  run: () => world.run(PERIODO),
  change: (usd) => {
    for (const { sucursalKlk } of TIENDAS) world.klk.setFault(sucursalKlk, sellingAt(usd));
  },
  start: () => world.startRun(PERIODO),
  startChild: () =>
    startChildRun(world, world.settings.port, { ...PERIODO, ahora: world.now().toISOString() }),
});
