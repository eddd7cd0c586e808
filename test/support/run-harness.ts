import { toAskedRun } from '../../lambdas/inventario-klk/event.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import { toStoreOutcomes } from '../../lambdas/inventario-klk/summary.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { captureOutput, toLogLines } from './captured-output.ts';
import { clearTables, readEverything, readState } from './database-state.ts';
import type { DatabaseState } from './database-state.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { existencias, toFilas, toRespuesta } from './existencias.ts';
import type { Existencias } from './existencias.ts';
import { startFaultyKlk } from './faulty-klk.ts';
import type { FaultyKlk } from './faulty-klk.ts';
import type { AcceptedMoment } from './history.ts';
import { expectInvariants, expectNothingWritten } from './invariants.ts';
import { startPgProxy } from './pg-proxy.ts';
import type { PgProxy } from './pg-proxy.ts';
import { ALMACENES, createRun, limitOf, TIENDAS } from './pipeline-run.ts';
import type { RunOptions } from './pipeline-run.ts';
import type { Ran } from './truth.ts';
import { openWarehouseReader } from './warehouse-reader.ts';

/** A run that ended, before what it printed is known. */
export type Ended = Pick<Ran, 'resumen' | 'thrown' | 'elapsedMs' | 'limitMs'>;

/** What the last watched runs printed and threw. */
interface Watched {
  readonly runs: readonly Ran[];
  readonly lines: Ran['lines'];
}

/** A KLK, a proxy and a PostgreSQL of one test file, and the runs over them, none of which escapes the invariants. */
export interface Scene {
  readonly database: TestDatabase;
  readonly proxy: PgProxy;
  readonly klk: FaultyKlk;
  /** The pipeline's user, through the proxy. */
  readonly settings: DatabaseSettings;
  /** KLK has this stock from now on, and a load brings exactly it. */
  serve(almacen: string, stocks: Existencias): void;
  /** A load of what KLK answers now brings this instead. */
  expectLoad(almacen: string, stocks: Existencias): void;
  /** One run, watched. */
  run(options?: RunOptions): Promise<Resumen>;
  /** One run without the checks, for `watch`. */
  start(options?: RunOptions): Promise<Ended>;
  /** Runs `fn` under the eyes of a concurrent reader, then checks I1 to I7. */
  watch(fn: () => Promise<readonly Ended[]>): Promise<Watched>;
  /** From now on the runs may fail to record what they did: the test takes the database away from them. */
  loseRecords(): void;
  /** Log lines of the last watched runs. */
  lines(): Ran['lines'];
  /** Empty tables, an honest KLK that serves version 1, no faults. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Brings up a scene with these warehouses. */
export async function createScene(almacenes: readonly string[] = ALMACENES): Promise<Scene> {
  const database = await createTestDatabase();
  const proxy = await startPgProxy(database.etl);
  const klk = await startFaultyKlk();
  const reader = await openWarehouseReader(database, almacenes);
  const settings = { ...database.etl, host: '127.0.0.1', port: proxy.port };
  const accepted = new Map<string, Existencias>();
  const served = new Map<string, Existencias[]>();
  let moments: AcceptedMoment[] = [];
  let lastLines: Ran['lines'] = [];
  let mayLoseRecords = false;

  const scene: Scene = {
    database,
    proxy,
    klk,
    settings,
    serve(almacen, stocks) {
      klk.serve(almacen, toRespuesta(almacen, toFilas(stocks)));
      accepted.set(almacen, stocks);
      served.set(almacen, [...(served.get(almacen) ?? []), stocks]);
    },
    expectLoad: (almacen, stocks) => void accepted.set(almacen, stocks),
    start: async (options = {}) => {
      const run = createRun({ klkUrl: klk.url, database: settings }, options);
      const start = performance.now();
      const resumen = await runPipeline(run);
      return {
        resumen,
        thrown: thrownBy(() =>
          requireComplete(resumen, toStoreOutcomes(resumen), toAskedRun(run.solicitud, TIENDAS), {
            program: 'etl',
          }),
        ),
        elapsedMs: performance.now() - start,
        limitMs: limitOf(options),
      };
    },
    run: async (options = {}) => {
      const { runs } = await (options.dryRun === true
        ? dryRun(options)
        : scene.watch(async () => [await scene.start(options)]));
      const resumen = runs[0]?.resumen;
      if (resumen === undefined) throw new Error('a run always has a summary');
      return resumen;
    },
    async watch(fn) {
      const before = await readState(database);
      const { result, sights } = await reader.during(() => captureOutput(fn));
      const { outcome, output } = result;
      if (outcome.status === 'rejected') throw outcome.reason;
      const after = await readState(database);
      moments.push(...acceptedBetween(before, after));
      lastLines = toLogLines(output);
      const runs = outcome.value.map((ended) => ({ ...ended, lines: lastLines }));
      const told = [output, ...runs.map(({ thrown }) => String(thrown))].join('\n');
      await expectInvariants({
        database,
        mayLoseRecords,
        before,
        after,
        runs,
        sights,
        accepted,
        served,
        moments,
        output: told,
      });
      return { runs, lines: lastLines };
    },
    loseRecords: () => void (mayLoseRecords = true),
    lines: () => lastLines,
    async reset() {
      proxy.reset();
      mayLoseRecords = false;
      klk.requests = [];
      moments = [];
      served.clear();
      await clearTables(database);
      for (const almacen of almacenes) {
        klk.fail(almacen, undefined);
        scene.serve(almacen, existencias(almacen, 1));
      }
    },
    async close() {
      await klk.close();
      await proxy.close();
      await reader.close();
      await database.drop();
    },
  };

  /** I8: whatever happens in it, a dry run writes nothing. */
  const dryRun = async (options: RunOptions): Promise<Watched> => {
    const before = await readEverything(database);
    const watched = await scene.watch(async () => [
      await scene.start({
        ...options,
        readDatabaseSettings: () => Promise.reject(new Error('a dry run opens no database')),
      }),
    ]);
    expectNothingWritten(before, await readEverything(database));
    return watched;
  };
  return scene;
}

/** The snapshots that the warehouses hold now and did not before. */
function acceptedBetween(before: DatabaseState, after: DatabaseState): AcceptedMoment[] {
  return [...after].flatMap(([almacen, { ultimaExtraccion: extraccion, existencias: stocks }]) =>
    extraccion === null || extraccion.getTime() === before.get(almacen)?.ultimaExtraccion?.getTime()
      ? []
      : [{ almacen, extraccion, existencias: stocks }],
  );
}

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
    return undefined;
  } catch (error) {
    return error;
  }
}
