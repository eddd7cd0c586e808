import { z } from 'zod';
import { addDias, diaAt } from '../lambdas/core/time/dia.ts';
import { startPgProxy } from '../test/support/pg-proxy.ts';
import { ARTICULOS, createTiendas } from './chain.ts';
import { sourceOf, startLoader, startProgram } from './processes.ts';
import type { BenchDatabase, BenchServer } from './server.ts';

export type LoaderName =
  'ours' | 'unguarded' | 'rowByRow' | 'floor' | 'script' | 'command' | 'ventas' | 'ventasFloor';

/** The variables of a scenario. Default, the base case: 20 warehouses of 3,860 articles, 5 % moved, no latency. */
export interface Scenario {
  readonly almacenes?: number;
  readonly articulos?: number;
  /** Share of stocks that move from one run to the next. */
  readonly movimiento?: number;
  /** How long KLK takes for an answer. */
  readonly klkMs?: number;
  /** Lines that each store sells on a day; 12,000 as the chain's do. */
  readonly lineasPorDia?: number;
  /** Days of sales to load, counted back from today; undefined: what is due. */
  readonly diasAtras?: { readonly desde: number; readonly hasta: number };
  /** Sales are loaded from nothing each time. */
  readonly vacia?: boolean;
  /** Round trip to the database, through a proxy; undefined: straight to it. */
  readonly rttMs?: number;
}

const Ran = z.object({ ms: z.number(), cpuMs: z.number(), rows: z.number(), peakMb: z.number() });

/** One run: milliseconds, processor time and memory of the loader's own process, and what it made the server write. */
export type Ran = z.infer<typeof Ran> & { readonly walMb: number; readonly historicoMb: number };

/** A loader with a database and a KLK of its own. */
export interface Lane {
  readonly database: BenchDatabase;
  /** Statements of all runs through the proxy so far. */
  statements(): number;
  run(): Promise<Ran>;
  close(): Promise<void>;
}

const NO_QUIRKS = { tardias: 0, anuladas: 0, repetidas: 0 };

const daysAgo = (days: number): string => addDias(diaAt(new Date()), -days);

/** Starts what a loader needs in a scenario. All lanes of a scenario get the same data. */
export async function openLane(server: BenchServer, loader: LoaderName, scenario: Scenario): Promise<Lane> {
  const tiendas = createTiendas(scenario.almacenes ?? 20);
  const klk = startProgram(sourceOf('klk-process.ts'));
  const klkUrl = z.string().parse(
    await klk.ask({
      tiendas,
      articulosPorAlmacen: scenario.articulos ?? ARTICULOS,
      movimiento: scenario.movimiento ?? 0.05,
      latenciaMs: scenario.klkMs ?? 0,
      lineasPorDia: scenario.lineasPorDia ?? 12_000,
      quirks: NO_QUIRKS,
    }),
  );
  const database = await server.createDatabase();
  const proxy = scenario.rttMs === undefined ? undefined : await startPgProxy(database.etl);
  if (proxy !== undefined) proxy.delayMs = scenario.rttMs ?? 0;
  const unguarded = loader === 'unguarded';
  const program = startLoader(unguarded ? server.unguardedFile : server.loaderFile);
  const task = {
    klkUrl,
    database: proxy === undefined ? database.etl : { ...database.etl, host: '127.0.0.1', port: proxy.port },
    tiendas,
    dias: scenario.diasAtras && {
      desde: daysAgo(scenario.diasAtras.desde),
      hasta: daysAgo(scenario.diasAtras.hasta),
    },
  };
  return {
    database,
    statements: () => proxy?.statements().length ?? 0,
    run: async () => {
      if (scenario.vacia === true) await database.admin.query('TRUNCATE ventas, ventas_tramos');
      const before = await database.written();
      const ran = Ran.parse(await program.ask({ loader: unguarded ? 'ours' : loader, task }));
      const after = await database.written();
      return {
        ...ran,
        walMb: after.walMb - before.walMb,
        historicoMb: after.historicoMb - before.historicoMb,
      };
    },
    close: async () => {
      await program.stop();
      await proxy?.close();
      await klk.stop();
      await database.drop();
    },
  };
}
