import type { Tienda } from '../core/config/catalogo.ts';
import { PipelineError, toPipelineError } from '../core/errors/errors.ts';
import type { CodigoError } from '../core/errors/codes.ts';
import { SILENCIOS } from '../core/klk/breaker.ts';
import type { RunContext } from '../core/run/run.ts';
import type { Deadline } from '../core/time/deadline.ts';
import { addDias, diaAt } from '../core/time/dia.ts';
import { createCola, failedBefore } from './cola.ts';
import type { Cola } from './cola.ts';
import { partsOf, toLecturas } from './lecturas.ts';
import type { Medida } from './lecturas.ts';
import type { Record } from './load/record.ts';
import type { Corte } from './load/split-tramos.ts';
import { MENSAJES_TRAMO, MENSAJES_VENTAS } from './log.ts';
import { isUnread } from './plan.ts';
import type { Lectura } from './plan.ts';
import type { Processed } from './process-tramo.ts';
import { toResumenTienda } from './summary.ts';
import type { Dejados, ResultadoTramo, ResumenTienda } from './summary.ts';
import { halveTramo } from './tramo.ts';
import type { Tramo } from './tramo.ts';

/** A slice that has less than this left when its turn comes is not started: it would only be cut off. */
const MIN_START_MS = 2_000;

/** The whole store is at fault, or KLK: its other slices would fail alike. */
const OF_THE_STORE: ReadonlySet<CodigoError> = new Set([
  ...SILENCIOS,
  'KLK_INACCESIBLE',
  'KLK_CAIDA',
  'KLK_OTRA_SUCURSAL',
  'KLK_SOLICITUD_RECHAZADA',
  // It was halved as far as that goes: no store sells so much in so short a time.
  'KLK_DEMASIADO_GRANDE',
]);

/** KLK answers, but not with sales: so many times in a row, for one store. */
const BROKEN: ReadonlySet<CodigoError> = new Set(['KLK_SATURADA', 'KLK_ERROR_SERVIDOR', 'KLK_ERROR']);
const MAX_BROKEN = 3;

/** Failures that say nothing of the slice: the ledger keeps what it says of it. */
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
  readonly medida: Medida;
  /** Whether a person named the days: each of their slices is owed, and not only those of today and of yesterday. */
  readonly asked: boolean;
  readonly deadline: Deadline;
  /** Slices under way at the same time. */
  readonly atOnce: number;
  readonly process: (tienda: Tienda, tramo: Tramo) => Promise<Processed>;
  /** Cuts slices in the ledger; absent in a dry run, as `record`. */
  readonly cut?: (cortes: readonly Corte[]) => Promise<void>;
  readonly record?: Record;
}

/** What became of the slices of one store so far. */
interface Progress {
  readonly resultados: ResultadoTramo[];
  readonly forzados: Set<CodigoError>;
  readonly pendientes: Lectura[];
  broken: number;
  /** What of its slices is left for another run: all, or what failed in an earlier run too. */
  left: 'all' | 'failed before' | undefined;
}

/** Reads the slices of a plan until it is done or time is up, and sums up by store, in the order given. */
export async function readTiendas(plan: readonly Lectura[], reading: Reading): Promise<ResumenTienda[]> {
  const { tiendas, deadline, record } = reading;
  const byId = new Map(tiendas.map((tienda) => [tienda.id, { tienda, progress: newProgress() }]));
  const cola = createCola(plan, (lecturas) => cutLecturas(lecturas, reading));

  const read = async (lectura: Lectura): Promise<void> => {
    const known = byId.get(lectura.tramo.tienda);
    if (known === undefined) return;
    const processed = await reading.process(known.tienda, lectura.tramo);
    if (processed.error?.codigo === 'KLK_DEMASIADO_GRANDE' && (await askHalves(lectura, cola, reading)))
      return;
    note(lectura, processed, known.progress, reading);
    if (known.progress.left === 'all') cola.leave(lectura.tramo.tienda);
    if (known.progress.left === 'failed before') cola.leaveFallidos(lectura.tramo.tienda);
  };
  const work = async (): Promise<void> => {
    while (mayStart(deadline)) {
      const lectura = await cola.next();
      if (lectura === undefined) return;
      await read(lectura);
    }
  };
  await Promise.all(Array.from({ length: reading.atOnce }, work));

  for (const lectura of cola.left()) byId.get(lectura.tramo.tienda)?.progress.pendientes.push(lectura);
  const resumenes = tiendas.map((tienda) => {
    const progress = byId.get(tienda.id)?.progress ?? newProgress();
    const dejados = toDejados(progress, reading);
    return {
      resumen: toResumenTienda(tienda, progress.resultados, dejados, record === undefined),
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

/** Cuts what is expected to be too large. What cannot be cut now is read whole. */
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

/** Asks for the halves of a slice whose answer is too large, at once. Returns whether that could be done. */
async function askHalves(lectura: Lectura, cola: Cola, reading: Reading): Promise<boolean> {
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
  cola.putFirst(toLecturas(lectura, partes.toReversed(), reading.medida.momento));
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
    record?.fallo(tramo, error, answered(progress) ? toCorte(lectura, error, medida) : undefined);
  }
  progress.broken = BROKEN.has(error.codigo) ? progress.broken + 1 : 0;
  if (!OF_THE_STORE.has(error.codigo) && progress.broken < MAX_BROKEN) return;
  // A slice that fails again may be the only one that does: nothing is learned of those that never failed.
  if (!failedBefore(lectura)) progress.left = 'all';
  else progress.left ??= 'failed before';
}

/** Whether KLK answered for the store in this run. */
const answered = ({ resultados }: Progress): boolean => resultados.some(({ estado }) => estado !== 'fallido');

/** An answer takes as long as it has lines: what KLK did not answer in time it may answer by halves, if it is known or may be large. */
function toCorte({ tramo }: Lectura, { codigo }: PipelineError, { maxLineas }: Medida): Corte | undefined {
  if (codigo !== 'KLK_SIN_RESPUESTA') return undefined;
  const partes = tramo.leido === null || tramo.lineas > maxLineas / 2 ? halveTramo(tramo) : undefined;
  return partes && { tramo, partes };
}

/** What is owed and left is said to be left for lack of time, unless the store is known to be at fault. */
function toDejados({ pendientes, left }: Progress, { asked, deadline, medida }: Reading): Dejados {
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
