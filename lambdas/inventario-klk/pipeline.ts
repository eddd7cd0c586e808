import { localClock } from '../core/time/clock.ts';
import type { Clock } from '../core/time/clock.ts';
import { LOADS_AT_ONCE, MENSAJE_RESUMEN } from '../core/config/contract.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { createBreaker } from '../core/klk/breaker.ts';
import { withKlkClient } from '../core/klk/client.ts';
import type { KlkSettings } from '../core/klk/settings.ts';
import { createTurns } from '../core/klk/turns.ts';
import type { HoldTurn, AnswerSlot } from '../core/klk/turns.ts';
import { createLoader } from '../core/run/load-part.ts';
import type { Load } from '../core/run/load-part.ts';
import { createLoadSlots } from '../core/run/load-slots.ts';
import { runPipelineOnce } from '../core/run/run.ts';
import type { LockedRun, RunContext } from '../core/run/run.ts';
import { estadoTienda } from '../core/run/summary.ts';
import type { Deadline } from '../core/time/deadline.ts';
import type { Tunables } from './config.ts';
import type { Solicitud } from './event.ts';
import { fetchInventario } from './extract/fetch-inventario.ts';
import { NO_EARLIER_RUNS } from './precedence.ts';
import type { Precedence } from './precedence.ts';
import { loadAlmacen } from './load/load-almacen.ts';
import type { LoadCounts } from './load/load-almacen.ts';
import type { Snapshot } from './load/replace-inventario.ts';
import { prepareDatabase } from './load/prepare-database.ts';
import { readAntiguedades } from './load/read-antiguedades.ts';
import type { Antiguedad } from './load/read-antiguedades.ts';
import { readPrecedence } from './load/read-precedence.ts';
import { createRecord } from './load/record-almacen.ts';
import type { RecordAlmacen } from './load/record-almacen.ts';
import { MENSAJES_INVENTARIO } from './log.ts';
import { processAlmacen } from './process-almacen.ts';
import type { AlmacenContext } from './process-almacen.ts';
import { startResumen } from './summary.ts';
import type { Job, Resumen, ResumenAlmacen, ResumenTienda } from './summary.ts';

/** A warehouse is not started with less time left than this: it could not finish. */
const MIN_START_MS = 1_000;

/** A run of this pipeline. The settings are read on demand, because a dry run must not read the database's. */
export interface InventarioRun extends RunContext {
  readonly solicitud: Solicitud;
  readonly tunables: Tunables;
  readonly readKlkSettings: () => Promise<KlkSettings>;
  /** Publishes the outcome of a run, with the ages of the warehouses if they could be read. Absent in a command. */
  readonly publish?: (resumen: Resumen, antiguedades: readonly Antiguedad[]) => void;
}

/** What a run that loads has from the database. A dry run has only the required parts: it knows nothing of earlier runs, and neither loads nor records. */
interface Surroundings {
  readonly clock: Clock;
  readonly precedence: Precedence;
  readonly holdTurn?: HoldTurn;
  readonly load?: Load<Snapshot, LoadCounts>;
  readonly record?: RecordAlmacen;
}

/**
 * One run: extracts, transforms and loads every requested warehouse, or reports why not. Logs the summary and returns it.
 * Never throws: a failure before any store is the summary's `error`.
 */
export function runPipeline(run: InventarioRun): Promise<Resumen> {
  let antiguedades: readonly Antiguedad[] = [];
  return runPipelineOnce(run, {
    flujo: 'inventario',
    tiendas: run.solicitud.tiendas.map(({ id }) => id),
    mensajeResumen: MENSAJE_RESUMEN,
    loadsAtOnce: Math.min(LOADS_AT_ONCE, countAlmacenes(run.solicitud)),
    simulate: () => simulate(run),
    load: (locked) => load({ ...run, deadline: locked.deadline }, locked),
    summarize: startResumen(run.ejecucionId, run.solicitud),
    ownSums: ({ totales: { inventario, historico } }) => ({ inventario, historico }),
    readAtEnd: async (client) => {
      antiguedades = await readAntiguedades(client);
    },
    publish: (resumen) => run.publish?.(resumen, antiguedades),
  });
}

const countAlmacenes = ({ tiendas }: Solicitud): number =>
  tiendas.reduce((total, { almacenes }) => total + almacenes.length, 0);

/** The stores of a dry run. */
async function simulate(run: InventarioRun): Promise<ResumenTienda[]> {
  run.logger.info(MENSAJES_INVENTARIO.simulacion);
  return processTiendas(run, await run.readKlkSettings(), {
    clock: localClock,
    precedence: NO_EARLIER_RUNS,
  });
}

/** The stores of a run that loads, once `core/run/run.ts` holds the lock; `Surroundings.load` loads one warehouse of them. */
async function load(run: InventarioRun, locked: LockedRun): Promise<ResumenTienda[]> {
  const { signal } = run.deadline;
  const klkSettings = await run.readKlkSettings();
  const { tiendas } = run.solicitud;
  const [connection] = locked.loaders;
  const [clock, precedence] = await Promise.all([
    prepareDatabase(connection, tiendas, run.logger, signal),
    readPrecedence(connection, locked.recording, tiendas, run.logger, signal),
  ]);
  return processTiendas(run, klkSettings, {
    clock,
    precedence,
    holdTurn: locked.createKlkTurns(run.tunables.klk.concurrency),
    load: createLoader(
      createLoadSlots(locked.loaders),
      locked.deadline.signal,
      ({ almacen }) => almacen,
      (own, snapshot) => loadAlmacen(own, snapshot, run.tunables.thresholds, locked.deadline),
    ),
    record: createRecord(run, locked.recording),
  });
}

/** Processes every requested warehouse, and summarizes by store in the order of the request. */
async function processTiendas(
  run: InventarioRun,
  klkSettings: KlkSettings,
  { clock, precedence, holdTurn, load, record }: Surroundings,
): Promise<ResumenTienda[]> {
  const { solicitud, tunables, deadline } = run;
  const { klk: limits } = tunables;
  const jobs = orderJobs(solicitud, precedence.order);
  const breaker = createBreaker(
    jobs.map(({ almacen }) => almacen.codigo),
    precedence,
  );
  // Bounded, so that memory does not grow with the number of warehouses.
  const turns = createTurns(limits.concurrency, limits.concurrency + LOADS_AT_ONCE, breaker, holdTurn);
  const resumenes = new Map<string, ResumenAlmacen>();
  const records: Promise<void>[] = [];
  await withKlkClient(klkSettings, limits, async (client) => {
    const asker = { client, limits, clock, breaker, deadline };
    const camposNombrados = new Set<string>();
    const contextWith = (slot: AnswerSlot): AlmacenContext => ({
      ejecucionId: run.ejecucionId,
      forzar: solicitud.forzar,
      badRows: tunables.thresholds.badRows,
      camposNombrados,
      // Each attempt waits for its turn; `timed` measures from then on.
      extract: (almacen, onRetry, timed) =>
        fetchInventario(asker, almacen, onRetry, (intento, attempt) =>
          turns.take(slot, intento, () => {
            refuseLateStart(deadline, almacen);
            return timed(attempt);
          }),
        ),
      load,
    });
    const processJob = async (job: Job): Promise<void> => {
      const slot = turns.createAnswerSlot();
      const processed = await processAlmacen(job, contextWith(slot), run.logger);
      slot.release();
      if (record !== undefined) records.push(record(job, processed));
      resumenes.set(job.almacen.codigo, processed.resumen);
    };
    await Promise.all(jobs.map(processJob));
    await Promise.all(records);
  });
  return solicitud.tiendas.map(({ id, nombre, almacenes: catalogados }) => {
    const almacenes = catalogados.flatMap(({ codigo }) => resumenes.get(codigo) ?? []);
    return { id, nombre, estado: estadoTienda(almacenes), almacenes };
  });
}

function refuseLateStart({ signal, remainingMs }: Deadline, almacen: string): void {
  signal.throwIfAborted();
  if (remainingMs() >= MIN_START_MS) return;
  throw new PipelineError('SIN_TIEMPO', `No quedaba tiempo para empezar ${almacen}`);
}

function orderJobs({ tiendas }: Solicitud, order: readonly string[]): Job[] {
  const position = new Map(order.map((codigo, index) => [codigo, index]));
  const positionOf = ({ almacen }: Job): number => position.get(almacen.codigo) ?? 0;
  return tiendas
    .flatMap((tienda) => tienda.almacenes.map((almacen) => ({ tienda, almacen })))
    .sort((a, b) => positionOf(a) - positionOf(b));
}
