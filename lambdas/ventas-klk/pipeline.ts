import { tiendaByAlmacen } from '../core/config/catalogo.ts';
import type { Tienda } from '../core/config/catalogo.ts';
import { LOADS_AT_ONCE, MENSAJE_RESUMEN_VENTAS } from '../core/config/contract.ts';
import { toPipelineError } from '../core/errors/errors.ts';
import type { Asker } from '../core/klk/ask.ts';
import { createBreaker, SILENT_ERRORS } from '../core/klk/breaker.ts';
import { withKlkClient } from '../core/klk/client.ts';
import type { KlkSettings } from '../core/klk/settings.ts';
import { createTurns } from '../core/klk/turns.ts';
import type { HoldTurn, Turns } from '../core/klk/turns.ts';
import { readDatabaseClock } from '../core/postgres/preflight.ts';
import { withRetries } from '../core/postgres/retry.ts';
import { createLoader } from '../core/run/load-part.ts';
import type { Load } from '../core/run/load-part.ts';
import { createLoadSlots } from '../core/run/load-slots.ts';
import { runPipelineOnce } from '../core/run/run.ts';
import type { LockedRun, RunContext } from '../core/run/run.ts';
import { localClock } from '../core/time/clock.ts';
import type { Clock } from '../core/time/clock.ts';
import { diaAt } from '../core/time/dia.ts';
import type { Tunables } from './config.ts';
import type { Solicitud } from './event.ts';
import { fetchVentas } from './extract/fetch-ventas.ts';
import { planAsked, planSimulated } from './plan-asked.ts';
import type { TramoReading } from './load/reading.ts';
import { describeTramo } from './load/ledger.ts';
import { loadTramo } from './load/load-tramo.ts';
import type { LoadCounts } from './load/load-tramo.ts';
import { prepareDatabase, readDebidos } from './load/prepare-database.ts';
import type { ReadClock } from './load/prepare-database.ts';
import { readPendientes } from './load/read-pendientes.ts';
import type { Pendientes } from './load/read-pendientes.ts';
import { createRecord } from './load/record.ts';
import { splitTramos } from './load/split-tramos.ts';
import { MENSAJES_VENTAS } from './log.ts';
import { planTramos } from './plan.ts';
import type { PlannedTramo } from './plan.ts';
import { processTramo } from './process-tramo.ts';
import type { Job, Processed, TramoContext } from './process-tramo.ts';
import { readTiendas } from './read-tiendas.ts';
import type { ReadingContext } from './read-tiendas.ts';
import { startResumen, toOwnSums } from './summary.ts';
import type { Resumen, ResumenTienda } from './summary.ts';

/** A run of this pipeline. The settings are read on demand, because a dry run must not read the database's. */
export interface VentasRun extends RunContext {
  readonly solicitud: Solicitud;
  readonly tunables: Tunables;
  /** All stores: an answer with a line of another store's warehouse is refused. */
  readonly catalogo: readonly Tienda[];
  readonly readKlkSettings: () => Promise<KlkSettings>;
  /** The database's clock unless a test says otherwise. */
  readonly readClock?: ReadClock;
  /** Publishes the outcome of a run, with what is missing if the database could be asked. Absent in a command. */
  readonly publish?: (resumen: Resumen, pendientes: Pendientes | undefined) => void;
}

/** What a run that loads has from the database. A dry run has only the required parts: it shares no turns with other runs, and neither loads, cuts nor records. */
interface Surroundings extends Pick<ReadingContext, 'cut' | 'record' | 'cutContext'> {
  readonly clock: Clock;
  readonly plan: readonly PlannedTramo[];
  readonly owed: ReadonlySet<string>;
  readonly holdTurn?: HoldTurn;
  readonly load?: Load<TramoReading, LoadCounts>;
}

/**
 * One run: extracts, transforms and loads every slice that is due or asked for, or reports why not. Logs the summary and returns it.
 * Never throws: a failure before any store is the summary's `error`.
 */
export function runPipeline(run: VentasRun): Promise<Resumen> {
  const { solicitud } = run;
  const tiendas = solicitud.tiendas.map(({ id }) => id);
  let pendientes: Pendientes | undefined;
  let clock: Clock | undefined;
  return runPipelineOnce(run, {
    flujo: 'ventas',
    tiendas,
    mensajeResumen: MENSAJE_RESUMEN_VENTAS,
    loadsAtOnce: LOADS_AT_ONCE,
    simulate: () => simulate(run),
    load: (locked) =>
      load({ ...run, deadline: locked.deadline }, locked, (read) => {
        clock = read;
      }),
    summarize: startResumen(run.ejecucionId, solicitud),
    ownSums: toOwnSums,
    readAtEnd: async (client) => {
      if (clock === undefined) return;
      pendientes = await readPendientes(client, tiendas, clock.now(), run.tunables.ventasDesde);
    },
    publish: (resumen) => run.publish?.(resumen, pendientes),
  });
}

/** The stores of a dry run. */
async function simulate(run: VentasRun): Promise<ResumenTienda[]> {
  run.logger.info(MENSAJES_VENTAS.simulacion);
  const { solicitud, tunables } = run;
  const momento = localClock.now();
  const hoy = diaAt(momento);
  const { desde = hoy, hasta = hoy } = solicitud;
  const plan = planSimulated(
    solicitud.tiendas.map(({ id }) => id),
    { desde, hasta },
    hoy,
    momento,
  );
  return processTiendas(run, await run.readKlkSettings(), {
    clock: localClock,
    plan,
    owed: new Set(),
    cutContext: { momento, lineasPorHora: new Map(), maxLineas: tunables.tramoLineas },
  });
}

/** The stores of a run that loads, once `core/run/run.ts` holds the lock; `Surroundings.load` loads one slice of them. */
async function load(
  run: VentasRun,
  locked: LockedRun,
  onClock: (clock: Clock) => void,
): Promise<ResumenTienda[]> {
  const { solicitud, tunables, deadline, readClock = readDatabaseClock } = run;
  const { signal } = deadline;
  const klkSettings = await run.readKlkSettings();
  const [connection] = locked.loaders;
  const [known, owed] = await Promise.all([
    prepareDatabase(connection, solicitud, tunables.ventasDesde, readClock, signal),
    readDebidosIfPossible(run, locked),
  ]);
  const { clock, tramos, lineasPorHora, sinVentas } = known;
  onClock(clock);
  if (sinVentas.length > 0) run.logger.warn(MENSAJES_VENTAS.sinVentas, { tiendas: sinVentas });
  const momento = clock.now();
  const withConnection = createLoadSlots(locked.loaders);
  return processTiendas(run, klkSettings, {
    clock,
    plan: solicitud.desde === undefined ? planTramos(tramos, momento) : planAsked(tramos, momento),
    owed,
    cutContext: { momento, lineasPorHora, maxLineas: tunables.tramoLineas },
    holdTurn: locked.createKlkTurns(tunables.klk.concurrency),
    load: createLoader(
      withConnection,
      signal,
      ({ tramo }) => describeTramo(tramo),
      (own, reading) => loadTramo(own, reading, tunables.thresholds, deadline),
    ),
    cut: (cuts) =>
      withRetries(signal, () =>
        withConnection((own) => own.use((client) => splitTramos(client, cuts), signal)),
      ),
    record: createRecord(run, locked.recording, clock),
  });
}

/** The stores that earlier runs owe an attempt; none if their records cannot be read. */
async function readDebidosIfPossible(
  { solicitud, logger }: VentasRun,
  { recording }: LockedRun,
): Promise<ReadonlySet<string>> {
  try {
    return await recording.connection.use(
      (client) => readDebidos(client, solicitud.tiendas),
      recording.limit(),
    );
  } catch (error) {
    logger.warn(MENSAJES_VENTAS.sinAntecedentes, { motivo: toPipelineError(error).message });
    return new Set();
  }
}

/** Takes every slice of the plan through extraction, transformation and load. */
function processTiendas(
  run: VentasRun,
  klkSettings: KlkSettings,
  { clock, plan, owed, holdTurn, load, ...rest }: Surroundings,
): Promise<ResumenTienda[]> {
  const { solicitud, tunables, deadline } = run;
  const { klk: limits } = tunables;
  const breaker = createBreaker(
    solicitud.tiendas.map(({ id }) => id),
    { silent: silentOf(plan), owed },
  );
  // Bounded, so that memory does not grow with the number of slices.
  const atOnce = limits.concurrency + LOADS_AT_ONCE;
  const turns = createTurns(limits.concurrency, atOnce, breaker, holdTurn);
  return withKlkClient(klkSettings, limits, (client) => {
    const asker = { client, limits, clock, breaker, deadline };
    const shared = {
      ejecucionId: run.ejecucionId,
      forzar: solicitud.forzar,
      badLines: tunables.thresholds.badLines,
      tiendaDeAlmacen: tiendaByAlmacen(run.catalogo),
      camposNombrados: new Set<string>(),
      load,
    };
    return readTiendas(plan, {
      run,
      tiendas: solicitud.tiendas,
      asked: solicitud.desde !== undefined,
      deadline,
      atOnce,
      process: (tienda, tramo) => withAnswerSlot(turns, shared, asker, run, { tienda, tramo }),
      ...rest,
    });
  });
}

/** Processes one slice. Its answer keeps the slot in memory until then. */
async function withAnswerSlot(
  turns: Turns,
  shared: Omit<TramoContext, 'extract'>,
  asker: Asker,
  { logger }: RunContext,
  job: Job,
): Promise<Processed> {
  const slot = turns.createAnswerSlot();
  try {
    return await processTramo(
      job,
      {
        ...shared,
        extract: (tienda, tramo, onRetry, timed) =>
          fetchVentas(asker, tienda, tramo, onRetry, (intento, attempt) =>
            turns.take(slot, intento, () => {
              asker.deadline.signal.throwIfAborted();
              return timed(attempt);
            }),
          ),
      },
      logger,
    );
  } finally {
    slot.release();
  }
}

/** The stores with a slice for which KLK did not answer the last time. */
const silentOf = (plan: readonly PlannedTramo[]): ReadonlySet<string> =>
  new Set(
    plan
      .filter(({ tramo }) => SILENT_ERRORS.some((codigo) => codigo === tramo.errorCodigo))
      .map(({ tramo }) => tramo.tienda),
  );
