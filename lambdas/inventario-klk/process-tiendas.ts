import { PipelineError } from '../shared/errors.ts';
import type { Clock } from './clock.ts';
import { LOADS_AT_ONCE } from './contract.ts';
import type { Deadline } from './deadline.ts';
import { createBreaker } from './extract/breaker.ts';
import { fetchInventario } from './extract/fetch-inventario.ts';
import { withKlkClient } from './extract/klk-client.ts';
import { createTurns } from './extract/turns.ts';
import type { MemoryPlace, Turns } from './extract/turns.ts';
import type { Precedence } from './precedence.ts';
import { processAlmacen } from './process-almacen.ts';
import type { Job, Processed, Stages } from './process-almacen.ts';
import type { Run } from './run.ts';
import type { KlkSettings } from './settings.ts';
import { estadoTienda } from './summary.ts';
import type { ResumenAlmacen, ResumenTienda } from './summary.ts';

/** A warehouse that has less than this left when its turn comes is not started: it would only be cut off. */
const MIN_START_MS = 1_000;

/** What a run does with its warehouses besides extracting them. */
export interface Sink {
  readonly clock: Clock;
  readonly precedence: Precedence;
  /** Absent in a dry run. */
  readonly load?: NonNullable<Stages['load']>;
  /** Never fails, and nobody waits for it but the end. */
  readonly record: (job: Job, processed: Processed) => Promise<void>;
}

/** Takes every requested warehouse through the stages, and sums up by store, in the order asked. */
export async function processTiendas(
  run: Run,
  klkSettings: KlkSettings,
  sink: Sink,
): Promise<ResumenTienda[]> {
  const { solicitud, tunables } = run;
  const jobs = orderJobs(run, sink.precedence.order);
  const codigos = jobs.map(({ almacen }) => almacen.codigo);
  const breaker = createBreaker(codigos, sink.precedence);
  // Bounded, so that memory does not grow with the number of warehouses.
  const turns = createTurns(tunables.klk.concurrency, tunables.klk.concurrency + LOADS_AT_ONCE, breaker);
  const resumenes = await withKlkClient(klkSettings, tunables.klk, (client) => {
    const extractor = { client, limits: tunables.klk, clock: sink.clock, breaker, deadline: run.deadline };
    const camposNombrados = new Set<string>();
    const stagesWith = (place: MemoryPlace): Stages => ({
      ejecucionId: run.ejecucionId,
      forzar: solicitud.forzar,
      badRows: tunables.thresholds.badRows,
      camposNombrados,
      extract: (almacen, onRetry, timed) =>
        fetchInventario(extractor, almacen, onRetry, (intento, attempt) =>
          turns.take(place, intento, () => {
            refuseLateStart(run.deadline, almacen);
            return timed(attempt);
          }),
        ),
      ...(sink.load && { load: sink.load }),
    });
    return processJobs(run, jobs, turns, stagesWith, sink);
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

async function processJobs(
  run: Run,
  jobs: readonly Job[],
  turns: Turns,
  stagesWith: (place: MemoryPlace) => Stages,
  sink: Sink,
): Promise<Map<string, ResumenAlmacen>> {
  const resumenes = new Map<string, ResumenAlmacen>();
  const records: Promise<void>[] = [];
  await Promise.all(
    jobs.map(async (job) => {
      const place = turns.createPlace();
      const processed = await processAlmacen(job, stagesWith(place), run.logger);
      place.leave();
      records.push(sink.record(job, processed));
      resumenes.set(job.almacen.codigo, processed.resumen);
    }),
  );
  await Promise.all(records);
  return resumenes;
}

function orderJobs({ solicitud }: Run, order: readonly string[]): Job[] {
  const position = new Map(order.map((codigo, index) => [codigo, index]));
  const place = ({ almacen }: Job): number => position.get(almacen.codigo) ?? 0;
  return solicitud.tiendas
    .flatMap((tienda) => tienda.almacenes.map((almacen) => ({ tienda, almacen })))
    .sort((a, b) => place(a) - place(b));
}
