import type { Tienda } from '../core/config/catalogo.ts';
import { PipelineError, toPipelineError } from '../core/errors/errors.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import { SILENCIOS } from '../core/klk/breaker.ts';
import type { RunContext } from '../core/run/run.ts';
import type { Deadline } from '../core/time/deadline.ts';
import { addDias, diaAt } from '../core/time/dia.ts';
import { createQueue, failedBefore } from './queue.ts';
import type { Queue } from './queue.ts';
import { partsOf, toLecturas } from './lecturas.ts';
import type { CutContext } from './lecturas.ts';
import type { RecordVentas } from './load/record.ts';
import type { Cut } from './load/split-tramos.ts';
import { MENSAJES_TRAMO, MENSAJES_VENTAS } from './log.ts';
import { isUnread } from './plan.ts';
import type { Lectura } from './plan.ts';
import type { Processed } from './process-tramo.ts';
import { toResumenTienda } from './summary.ts';
import type { Postponed, ResultadoTramo, ResumenTienda } from './summary.ts';
import { halveTramo } from './tramo.ts';
import type { Tramo } from './tramo.ts';

/** A slice is not started with less time left than this: it could not finish. */
const MIN_START_MS = 2_000;

/** Errors of the whole store, or of KLK: the store's other slices would fail alike. */
const OF_THE_STORE: ReadonlySet<CodigoError> = new Set([
  ...SILENCIOS,
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
export interface Reading {
  readonly run: RunContext;
  readonly tiendas: readonly Tienda[];
  readonly medida: CutContext;
  /** Whether a person named the days: then each of their slices should be read, otherwise those of today and yesterday. */
  readonly asked: boolean;
  readonly deadline: Deadline;
  /** Slices that are processed at the same time. */
  readonly atOnce: number;
  readonly process: (tienda: Tienda, tramo: Tramo) => Promise<Processed>;
  /** Cuts slices in the ledger; absent in a dry run, as `record`. */
  readonly cut?: (cortes: readonly Cut[]) => Promise<void>;
  readonly record?: RecordVentas;
}

/** The outcome of the slices of one store so far. */
interface Progress {
  readonly resultados: ResultadoTramo[];
  readonly forzados: Set<CodigoError>;
  readonly pendientes: Lectura[];
  broken: number;
  /** Which of its slices are left for another run: all, or those that failed in an earlier run too. */
  left: 'all' | 'failed before' | undefined;
}

/** Reads the slices of a plan until it is done or time is up, and summarizes by store, in the order given. */
export async function readTiendas(plan: readonly Lectura[], reading: Reading): Promise<ResumenTienda[]> {
  const { tiendas, deadline, record } = reading;
  const byId = new Map(tiendas.map((tienda) => [tienda.id, { tienda, progress: newProgress() }]));
  const queue = createQueue(plan, (lecturas) => cutLecturas(lecturas, reading));

  const read = async (lectura: Lectura): Promise<void> => {
    const known = byId.get(lectura.tramo.tienda);
    if (known === undefined) return;
    const processed = await reading.process(known.tienda, lectura.tramo);
    if (processed.error?.codigo === 'KLK_DEMASIADO_GRANDE' && (await askHalves(lectura, queue, reading)))
      return;
    note(lectura, processed, known.progress, reading);
    if (known.progress.left === 'all') queue.leave(lectura.tramo.tienda);
    if (known.progress.left === 'failed before') queue.leaveFallidos(lectura.tramo.tienda);
  };
  const work = async (): Promise<void> => {
    while (mayStart(deadline)) {
      const lectura = await queue.next();
      if (lectura === undefined) return;
      await read(lectura);
    }
  };
  await Promise.all(Array.from({ length: reading.atOnce }, work));

  for (const lectura of queue.left()) byId.get(lectura.tramo.tienda)?.progress.pendientes.push(lectura);
  const resumenes = tiendas.map((tienda) => {
    const progress = byId.get(tienda.id)?.progress ?? newProgress();
    const postponed = toPostponed(progress, reading);
    return {
      resumen: toResumenTienda(tienda, progress.resultados, postponed, record === undefined),
      forzados: [...progress.forzados],
    };
  });
  record?.tiendas(resumenes);
  await record?.done();
  return resumenes.map(({ resumen }) => resumen);
}

const newProgress = (): Progress => ({
  resultados: [],
  forzados: new Set(),
  pendientes: [],
  broken: 0,
  left: undefined,
});

const mayStart = ({ signal, remainingMs }: Deadline): boolean =>
  !signal.aborted && remainingMs() >= MIN_START_MS;

/** Cuts the slices that are expected to be too large. If that fails they are read whole. */
async function cutLecturas(lecturas: readonly Lectura[], reading: Reading): Promise<readonly Lectura[]> {
  const { medida, run } = reading;
  const planned = lecturas.map((lectura) => ({ lectura, partes: partsOf(lectura, medida) }));
  const cortes = planned
    .filter(({ partes }) => partes.length > 1)
    .map(({ lectura, partes }) => ({ tramo: lectura.tramo, partes }));
  if (cortes.length === 0) return lecturas;
  try {
    await reading.cut?.(cortes);
  } catch (error) {
    run.logger.warn(MENSAJES_VENTAS.sinPartir, { motivo: toPipelineError(error).message });
    return lecturas;
  }
  return planned.flatMap(({ lectura, partes }) =>
    partes.length > 1 ? toLecturas(lectura, partes, medida.momento) : [lectura],
  );
}

/** Puts the halves of a slice whose answer is too large next into the queue. Returns whether that was possible. */
async function askHalves(lectura: Lectura, queue: Queue, reading: Reading): Promise<boolean> {
  const { tramo } = lectura;
  const partes = halveTramo(tramo);
  if (partes === undefined) return false;
  try {
    await reading.cut?.([{ tramo, partes }]);
  } catch (error) {
    reading.run.logger.warn(MENSAJES_VENTAS.sinPartir, { motivo: toPipelineError(error).message });
    return false;
  }
  const { tienda, dia, desde, hasta } = tramo;
  reading.run.logger.info(MENSAJES_TRAMO.partido, { tienda, dia, desde, hasta });
  queue.putFirst(toLecturas(lectura, partes.toReversed(), reading.medida.momento));
  return true;
}

function note(lectura: Lectura, processed: Processed, progress: Progress, reading: Reading): void {
  const { record, medida } = reading;
  const { resultado, rechazos, forzados, error } = processed;
  const { tramo } = lectura;
  if (resultado === undefined) {
    progress.pendientes.push(lectura);
    return;
  }
  progress.resultados.push(resultado);
  for (const codigo of forzados) progress.forzados.add(codigo);
  record?.rechazos(tramo, rechazos);
  if (error === undefined) {
    progress.broken = 0;
    return;
  }
  if (!NOT_OF_THE_SLICE.has(error.codigo)) {
    record?.fallo(tramo, error, answered(progress) ? toCut(lectura, error, medida) : undefined);
  }
  progress.broken = BROKEN.has(error.codigo) ? progress.broken + 1 : 0;
  if (!OF_THE_STORE.has(error.codigo) && progress.broken < MAX_BROKEN) return;
  // A slice that failed before may be the only one at fault, so the slices that never failed are still read.
  if (!failedBefore(lectura)) progress.left = 'all';
  else progress.left ??= 'failed before';
}

/** Whether KLK answered for the store in this run. */
const answered = ({ resultados }: Progress): boolean => resultados.some(({ estado }) => estado !== 'fallido');

/** KLK takes the longer the more lines an answer has, so a slice without an answer in time is halved if it is large or was never read. */
function toCut({ tramo }: Lectura, { codigo }: PipelineError, { maxLineas }: CutContext): Cut | undefined {
  if (codigo !== 'KLK_SIN_RESPUESTA') return undefined;
  const partes = tramo.leido === null || tramo.lineas > maxLineas / 2 ? halveTramo(tramo) : undefined;
  return partes && { tramo, partes };
}

/** The slices left for another run. One that should have been read counts as an error, unless an error of the store has been reported. */
function toPostponed({ pendientes, left }: Progress, { asked, deadline, medida }: Reading): Postponed {
  const { signal } = deadline;
  const hoy = diaAt(medida.momento);
  const ayer = addDias(hoy, -1);
  const isOwed = ({ tramo }: Lectura): boolean =>
    asked || tramo.dia === hoy || (tramo.dia === ayer && isUnread(tramo));
  const debido = left === undefined ? pendientes.find(isOwed) : undefined;
  const motivo = signal.aborted
    ? toPipelineError(signal.reason)
    : new PipelineError('SIN_TIEMPO', 'No quedaba tiempo para empezar más tramos');
  return { tramos: pendientes.length, debido: debido?.tramo, motivo };
}
