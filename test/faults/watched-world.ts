import { afterAll, expect } from '@jest/globals';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { EjecucionNoCompleta, requireComplete } from '../../lambdas/core/run/outcome.ts';
import { toAskedRun } from '../../lambdas/inventario-klk/event.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { isResumen, toStoreOutcomes } from '../../lambdas/inventario-klk/summary.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { readAllVersions } from '../support/inventory.ts';
import { existencias, toFilas } from './klk-answers.ts';
import type { Existencias } from './klk-answers.ts';
import { captureOutput, toLogLines } from '../support/output.ts';
import type { LogLine } from '../support/output.ts';
import { startPgProxy } from '../support/pg-proxy.ts';
import type { PgProxy } from '../support/pg-proxy.ts';
import { testServer } from '../support/test-server.ts';
import { watchAnswers } from '../support/watch-answers.ts';
import { HEADER_CANARY, almacenesOf, useWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { LOOK, readState } from './database-state.ts';
import type { DatabaseState } from './database-state.ts';
import { expectInvariants } from './invariants.ts';
import type { AcceptedMoment, Ended } from './invariants.ts';
import { TIENDAS, createRun, limitOf } from './pipeline-run.ts';
import type { RunOptions } from './pipeline-run.ts';

/** A world with a proxy in front of its database, in which every run is checked against the invariants. */
export interface WatchedWorld extends World {
  readonly proxy: PgProxy;
  /** The pipeline's user, through the proxy. */
  readonly settings: DatabaseSettings;
  /** KLK has this stock from now on, and a load brings exactly it. */
  serve(almacen: string, stocks: Existencias): void;
  /** KLK has a version from now on, in every warehouse or in these. */
  serveVersion(version: number, almacenes?: readonly string[]): void;
  /** A load of what KLK answers now brings this instead. */
  expectLoad(almacen: string, stocks: Existencias): void;
  /** One run of the pipeline, watched. */
  run(options?: RunOptions): Promise<Resumen>;
  /** One run of the pipeline without the checks, for `watch`. */
  start(options?: RunOptions): Promise<Ended>;
  /** One invocation of the handler without the checks, for `watch`. */
  startHandler(event: unknown, remainingMs?: number): Promise<Ended>;
  /** Performs runs while a reader reads the tables, then checks I1 to I7. */
  watch(fn: () => Promise<readonly Ended[]>): Promise<readonly Ended[]>;
  /** From now on the runs may fail to record what they did: the test takes the database away from them. */
  loseRecords(): void;
  /** Log lines of the last watched runs. */
  lines(): readonly LogLine[];
}

/** A world whose runs are watched, for the tests of one file. After `reset` its tables are empty, and an honest KLK serves version 1. */
export async function useWatchedWorld(tiendas: readonly Tienda[] = TIENDAS): Promise<WatchedWorld> {
  const proxy = await startPgProxy(testServer());
  afterAll(() => proxy.close());
  const world = await useWorld({ tiendas });
  const { database, klk } = world;
  const almacenes = almacenesOf(tiendas);
  const settings = { ...database.etl, host: '127.0.0.1', port: proxy.port };
  const systems = { klkUrl: klk.baseUrl, headers: { 'x-clave': HEADER_CANARY }, database: settings };
  const accepted = new Map<string, Existencias>();
  const served = new Map<string, Existencias[]>();
  let moments: AcceptedMoment[] = [];
  let lines: readonly LogLine[] = [];
  let mayLoseRecords = false;

  const watched: WatchedWorld = {
    ...world,
    proxy,
    settings,
    serve(almacen, stocks) {
      klk.setArticulos(almacen, toFilas(stocks));
      accepted.set(almacen, stocks);
      served.set(almacen, [...(served.get(almacen) ?? []), stocks]);
    },
    serveVersion(version, where = almacenes) {
      for (const almacen of where) watched.serve(almacen, existencias(almacen, version));
    },
    expectLoad: (almacen, stocks) => void accepted.set(almacen, stocks),
    start: (options = {}) => {
      const run = createRun(systems, options);
      return timed(limitOf(options), async () => {
        const resumen = await runPipeline(run);
        const asked = toAskedRun(run.solicitud, tiendas);
        return requireComplete(resumen, toStoreOutcomes(resumen), asked, { program: 'etl' });
      });
    },
    startHandler: (event, remainingMs = 30_000) =>
      timed(remainingMs, () => world.call(event, { remainingMs })),
    run: async (options = {}) => {
      const dry = options.dryRun === true;
      // I8: whatever happens in it, a dry run writes nothing.
      const before = dry ? await readAllVersions(database) : {};
      const [ended] = await watched.watch(async () => [
        await watched.start(dry ? { readDatabaseSettings: refuseDatabase, ...options } : options),
      ]);
      if (dry) expect(await readAllVersions(database)).toEqual(before);
      if (ended?.resumen === undefined) throw new Error('a run always has a summary');
      return ended.resumen;
    },
    async watch(fn) {
      const before = await readState(database);
      const { result, answers } = await watchAnswers(database, LOOK, [], () => captureOutput(fn));
      const { outcome, output } = result;
      if (outcome.status === 'rejected') throw outcome.reason;
      const runs = outcome.value;
      const after = await readState(database);
      moments.push(...acceptedBetween(before, after));
      lines = toLogLines(output);
      const looks = (almacen: string): string[] =>
        answers
          .map((rows) => rows.find((row) => row['almacen'] === almacen)?.['vista'])
          .map((vista) => (typeof vista === 'string' ? vista : ''))
          .filter((vista, index, all) => vista !== all[index - 1]);
      await expectInvariants({
        database,
        mayLoseRecords,
        before,
        after,
        runs,
        lines,
        seen: new Map(almacenes.map((almacen) => [almacen, looks(almacen)])),
        accepted,
        served,
        moments,
        output: [output, ...runs.map(({ thrown }) => String(thrown))].join('\n'),
        canaries: world.canaries,
      });
      return runs;
    },
    loseRecords: () => void (mayLoseRecords = true),
    lines: () => lines,
    async reset() {
      await world.reset();
      proxy.reset();
      mayLoseRecords = false;
      moments = [];
      served.clear();
      watched.serveVersion(1);
    },
  };
  return watched;
}

const refuseDatabase = (): Promise<never> => Promise.reject(new Error('a dry run opens no database'));

/** The outcome of a run: its summary, if there was one, and its error. */
async function timed(limitMs: number, run: () => ReturnType<World['call']>): Promise<Ended> {
  const start = performance.now();
  const [outcome] = await Promise.allSettled([run()]);
  const elapsedMs = performance.now() - start;
  if (outcome.status === 'fulfilled') {
    const resumen = 'dryRun' in outcome.value ? outcome.value : undefined;
    return { resumen, thrown: undefined, elapsedMs, limitMs };
  }
  const thrown: unknown = outcome.reason;
  const known = thrown instanceof EjecucionNoCompleta;
  const resumen = known && isResumen(thrown.resumen) ? thrown.resumen : undefined;
  return { resumen, thrown, elapsedMs, limitMs };
}

/** The snapshots that the warehouses hold now and did not before. */
const acceptedBetween = (before: DatabaseState, after: DatabaseState): AcceptedMoment[] =>
  [...after].flatMap(([almacen, { extraccion, existencias: stocks }]) =>
    extraccion === null || extraccion.getTime() === before.get(almacen)?.extraccion?.getTime()
      ? []
      : [{ almacen, extraccion, existencias: stocks }],
  );
