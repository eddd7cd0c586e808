import type { Tienda } from '../core/config/catalogo.ts';
import { PipelineError, toPipelineError } from '../core/errors/errors.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import { SILENT_ERRORS } from '../core/klk/breaker.ts';
import type { RunContext } from '../core/run/run.ts';
import type { Deadline } from '../core/time/deadline.ts';
import { addDias, diaAt } from '../core/time/dia.ts';
import { createQueue, failedBefore } from './queue.ts';
import type { Queue } from './queue.ts';
import { partsOf, toPlanned } from './parts.ts';
import type { CutContext } from './parts.ts';
import type { RecordVentas } from './load/record.ts';
import type { Cut } from './load/split-tramos.ts';
import { MENSAJES_TRAMO, MENSAJES_VENTAS } from './log.ts';
import { isUnread } from './plan.ts';
import type { PlannedTramo } from './plan.ts';
import type { Processed } from './process-tramo.ts';
import { toResumenTienda } from './summary.ts';
import type { Postponed, TramoOutcome, ResumenTienda } from './summary.ts';
import { halveTramo } from './tramo.ts';
import type { Tramo } from './tramo.ts';

/** A slice is not started with less time left than this: it could not finish. */
const MIN_START_MS = 2_000;

/** Errors of the whole store, or of KLK: the store's other slices would fail too. */
const OF_THE_STORE: ReadonlySet<CodigoError> = new Set([
  ...SILENT_ERRORS,
  'KLK_INACCESIBLE',
  'KLK_CAIDA',
  'KLK_OTRA_SUCURSAL',
  'KLK_SOLICITUD_RECHAZADA',
  // The slice was halved as often as possible, and no store sells so much in so short a time.
  'KLK_DEMASIADO_GRANDE',
]);

/** Errors with which KLK answers; so many in a row for one store count as an error of the whole store. */
const BROKEN: ReadonlySet<CodigoError> = new Set(['KLK_SATURADA', 'KLK_ERROR_SERVIDOR', 'KLK_ERROR']);
const MAX_BROKEN = 3;

/** Errors that say nothing about the slice: its row in the ledger stays as it is. */
const NOT_OF_THE_SLICE: ReadonlySet<CodigoError> = new Set([
  'KLK_CAIDA',
  'CANDADO_PERDIDO',
  'TRAMO_ANTIGUO',
  'COMMIT_INCIERTO',
]);

/** What reading a plan needs of a run. */
export interface ReadingContext {
  readonly run: RunContext;
  readonly tiendas: readonly Tienda[];
  readonly cutContext: CutContext;
  /** Whether a person named the days: then each of their slices should be read, otherwise those of today and yesterday. */
  readonly asked: boolean;
  readonly deadline: Deadline;
  /** Slices that are processed at the same time. */
  readonly atOnce: number;
  readonly process: (tienda: Tienda, tramo: Tramo) => Promise<Processed>;
  /** Cuts slices in the ledger; absent in a dry run, as `record`. */
  readonly cut?: (oversized: readonly Cut[]) => Promise<void>;
  readonly record?: RecordVentas;
}

/** The outcome of the slices of one store so far. */
interface Progress {
  readonly outcomes: TramoOutcome[];
  readonly forzados: Set<CodigoError>;
  readonly pendientes: PlannedTramo[];
  broken: number;
  /** Which of its slices are left for another run: all, or those that failed in an earlier run too. */
  left: 'all' | 'failed before' | undefined;
}

/** Reads the slices of a plan until it is done or time is up, and summarizes by store, in the order given. */
export async function readTiendas(
  plan: readonly PlannedTramo[],
  context: ReadingContext,
): Promise<ResumenTienda[]> {
  const { tiendas, deadline, record } = context;
  const byId = new Map(tiendas.map((tienda) => [tienda.id, { tienda, progress: newProgress() }]));
  const queue = createQueue(plan, (tramos) => cutTramos(tramos, context));

  const read = async (planned: PlannedTramo): Promise<void> => {
    const known = byId.get(planned.tramo.tienda);
    if (known === undefined) return;
    const processed = await context.process(known.tienda, planned.tramo);
    if (processed.error?.codigo === 'KLK_DEMASIADO_GRANDE' && (await askHalves(planned, queue, context)))
      return;
    note(planned, processed, known.progress, context);
    if (known.progress.left === 'all') queue.leave(planned.tramo.tienda);
    if (known.progress.left === 'failed before') queue.leaveFailed(planned.tramo.tienda);
  };
  const work = async (): Promise<void> => {
    while (mayStart(deadline)) {
      const planned = await queue.next();
      if (planned === undefined) return;
      await read(planned);
    }
  };
  await Promise.all(Array.from({ length: context.atOnce }, work));

  for (const planned of queue.left()) byId.get(planned.tramo.tienda)?.progress.pendientes.push(planned);
  const resumenes = tiendas.map((tienda) => {
    const progress = byId.get(tienda.id)?.progress ?? newProgress();
    const postponed = toPostponed(progress, context);
    return {
      resumen: toResumenTienda(tienda, progress.outcomes, postponed, record === undefined),
      forzados: [...progress.forzados],
    };
  });
  record?.tiendas(resumenes);
  await record?.done();
  return resumenes.map(({ resumen }) => resumen);
}

const newProgress = (): Progress => ({
  outcomes: [],
  forzados: new Set(),
  pendientes: [],
  broken: 0,
  left: undefined,
});

const mayStart = ({ signal, remainingMs }: Deadline): boolean =>
  !signal.aborted && remainingMs() >= MIN_START_MS;

/** Cuts the slices that are expected to be too large. If that fails they are read whole. */
async function cutTramos(
  tramos: readonly PlannedTramo[],
  context: ReadingContext,
): Promise<readonly PlannedTramo[]> {
  const { cutContext, run } = context;
  const cuts = tramos.map((planned) => ({ planned, parts: partsOf(planned, cutContext) }));
  const oversized = cuts
    .filter(({ parts }) => parts.length > 1)
    .map(({ planned, parts }) => ({ tramo: planned.tramo, parts }));
  if (oversized.length === 0) return tramos;
  try {
    await context.cut?.(oversized);
  } catch (error) {
    run.logger.warn(MENSAJES_VENTAS.sinPartir, { motivo: toPipelineError(error).message });
    return tramos;
  }
  return cuts.flatMap(({ planned, parts }) =>
    parts.length > 1 ? toPlanned(planned, parts, cutContext.momento) : [planned],
  );
}

/** Puts the halves of a slice whose answer is too large next into the queue. Returns whether that was possible. */
async function askHalves(planned: PlannedTramo, queue: Queue, context: ReadingContext): Promise<boolean> {
  const { tramo } = planned;
  const parts = halveTramo(tramo);
  if (parts === undefined) return false;
  try {
    await context.cut?.([{ tramo, parts }]);
  } catch (error) {
    context.run.logger.warn(MENSAJES_VENTAS.sinPartir, { motivo: toPipelineError(error).message });
    return false;
  }
  const { tienda, dia, desde, hasta } = tramo;
  context.run.logger.info(MENSAJES_TRAMO.partido, { tienda, dia, desde, hasta });
  queue.putFirst(toPlanned(planned, parts.toReversed(), context.cutContext.momento));
  return true;
}

function note(
  planned: PlannedTramo,
  processed: Processed,
  progress: Progress,
  context: ReadingContext,
): void {
  const { record, cutContext } = context;
  const { outcome, rechazos, forzados, error } = processed;
  const { tramo } = planned;
  if (outcome === undefined) {
    progress.pendientes.push(planned);
    return;
  }
  progress.outcomes.push(outcome);
  for (const codigo of forzados) progress.forzados.add(codigo);
  record?.rechazos(tramo, rechazos);
  if (error === undefined) {
    progress.broken = 0;
    return;
  }
  if (!NOT_OF_THE_SLICE.has(error.codigo)) {
    record?.fallo(tramo, error, answered(progress) ? toCut(planned, error, cutContext) : undefined);
  }
  progress.broken = BROKEN.has(error.codigo) ? progress.broken + 1 : 0;
  if (!OF_THE_STORE.has(error.codigo) && progress.broken < MAX_BROKEN) return;
  // A slice that failed before may be the only one at fault, so the slices that never failed are still read.
  if (!failedBefore(planned)) progress.left = 'all';
  else progress.left ??= 'failed before';
}

/** Whether KLK answered for the store in this run. */
const answered = ({ outcomes }: Progress): boolean => outcomes.some(({ estado }) => estado !== 'fallido');

/** How to cut a slice without an answer in time. The more lines an answer has, the longer KLK takes, so the slice is halved if it is large or was never read. */
function toCut(
  { tramo }: PlannedTramo,
  { codigo }: PipelineError,
  { maxLineas }: CutContext,
): Cut | undefined {
  if (codigo !== 'KLK_SIN_RESPUESTA') return undefined;
  const parts = tramo.leido === null || tramo.lineas > maxLineas / 2 ? halveTramo(tramo) : undefined;
  return parts && { tramo, parts };
}

/** The slices left for another run. One that should have been read counts as an error, unless an error of the store has been reported. */
function toPostponed(
  { pendientes, left }: Progress,
  { asked, deadline, cutContext }: ReadingContext,
): Postponed {
  const { signal } = deadline;
  const hoy = diaAt(cutContext.momento);
  const yesterday = addDias(hoy, -1);
  const isOwed = ({ tramo }: PlannedTramo): boolean =>
    asked || tramo.dia === hoy || (tramo.dia === yesterday && isUnread(tramo));
  const due = left === undefined ? pendientes.find(isOwed) : undefined;
  const reason = signal.aborted
    ? toPipelineError(signal.reason)
    : new PipelineError('SIN_TIEMPO', 'No quedaba tiempo para empezar más tramos');
  return { tramos: pendientes.length, due: due?.tramo, reason };
}
