import { SILENCIOS } from '../core/klk/breaker.ts';
import { addDias, DIA_MS, diaAt, startOfDia } from '../core/time/dia.ts';
import { endOf, startOf } from './tramo.ts';
import type { EstadoTramo, TramoConocido } from './tramo.ts';

/** Why a slice is read, in the order in which a run reads. */
const CLASES = ['hoy', 'sin cerrar', 'pedido', 'relectura', 'relleno'] as const;

/** A slice to read now. */
export interface Lectura {
  readonly tramo: TramoConocido;
  readonly clase: (typeof CLASES)[number];
}

/** Today's slices are read until this long after they ended: lines arrive minutes late. */
const ULTIMOS_MS = 60 * 60_000;

/** Days after a day at whose midnight it is read again: lines arrive, and invoices are cancelled, days later. */
const RELECTURAS = [1, 2, 7, 30] as const;

/** Days after a day from which on two equal readings close it. */
const CIERRE = 2;

/** The same of a day without a line: the store may have been cut off from KLK, and its sales arrive when it is not any more. */
const CIERRE_VACIO = 7;

/** Days back in which what is not closed goes before everything but today. */
const RECIENTES = 7;

/** Days after which nothing of a day is expected to change any more. */
export const ASENTADO = 35;

/** A wait is over this much earlier, so that runs a day apart try again each time, though an attempt follows its run's beginning. */
const HOLGURA_MS = 15 * 60_000;

const HORA_MS = 3_600_000;
const HORAS_DEL_DIA = 24;
const HORAS_DE_LA_SEMANA = 7 * HORAS_DEL_DIA;

/** A slice to read, with what its place in the plan depends on. */
interface Puesto extends Lectura {
  readonly orden: number;
  readonly fallido: boolean;
  readonly callada: boolean;
}

/**
 * What a run reads at a moment, in order: by class, what failed last after the rest of its class, newest day first, stores that did not
 * answer last, then by store, newest slice first. Each slice that is due comes once, and no other.
 */
export function planLecturas(tramos: readonly TramoConocido[], momento: Date): readonly Lectura[] {
  const hoy = diaAt(momento);
  const reciente = addDias(hoy, -RECIENTES);
  const silent = new Set(tramos.filter(isSilent).map(({ tienda }) => tienda));
  const vendidos = new Set(tramos.filter(({ lineas }) => lineas > 0).map(tiendaDiaOf));
  return tramos
    .filter((tramo) => isDue(tramo, momento, hoy, !vendidos.has(tiendaDiaOf(tramo))))
    .map((tramo): Puesto => {
      const clase = claseOf(tramo, hoy, reciente);
      return {
        tramo,
        clase,
        orden: CLASES.indexOf(clase),
        fallido: tramo.errorCodigo !== null,
        callada: silent.has(tramo.tienda),
      };
    })
    .sort(
      (a, b) =>
        a.orden - b.orden ||
        Number(a.fallido) - Number(b.fallido) ||
        compare(b.tramo.dia, a.tramo.dia) ||
        Number(a.callada) - Number(b.callada) ||
        compare(a.tramo.tienda, b.tramo.tienda) ||
        compare(b.tramo.desde, a.tramo.desde),
    )
    .map(({ tramo, clase }) => ({ tramo, clase }));
}

const tiendaDiaOf = ({ tienda, dia }: TramoConocido): string => `${dia} ${tienda}`;

/** What the ledger holds of the last accepted reading of a slice. */
export interface LecturaAnterior {
  readonly leido: Date | null;
  readonly huella: string | null;
}

/** An accepted reading. */
export interface LecturaNueva {
  /** When the answer was asked for. */
  readonly momento: Date;
  readonly dia: string;
  readonly huella: string;
  readonly rechazadas: number;
  /** Whether a line was inserted, updated or removed. */
  readonly cambio: boolean;
  /** Whether the whole day of the store, this answer included, has no line. */
  readonly diaVacio: boolean;
}

/**
 * The state of a slice after an accepted reading. Two equal readings close it: both after its day ended, the second two days later, or
 * seven when the store has no line of that day, with nothing rejected and nothing to change. Any other reading leaves it provisional, or
 * makes it so again.
 */
export function estadoTras(anterior: LecturaAnterior, lectura: LecturaNueva): EstadoTramo {
  const { momento, dia, huella, rechazadas, cambio, diaVacio } = lectura;
  const readAfterDia = anterior.leido !== null && daysSince(dia, anterior.leido) >= 1;
  const equal = anterior.huella === huella && !cambio && rechazadas === 0;
  return readAfterDia && equal && daysSince(dia, momento) >= cierreOf(diaVacio) ? 'cerrado' : 'provisional';
}

const cierreOf = (diaVacio: boolean): number => (diaVacio ? CIERRE_VACIO : CIERRE);

/** Whether an ended slice was never read since it ended. */
export const isUnread = (tramo: TramoConocido): boolean => tramo.leido === null || tramo.leido < endOf(tramo);

/** Days, whole or not, since a day began. */
const daysSince = (dia: string, momento: Date): number =>
  (momento.getTime() - startOfDia(dia).getTime()) / DIA_MS;

/** Whether KLK did not answer the last time that it was asked for a slice. */
const isSilent = ({ errorCodigo }: TramoConocido): boolean =>
  SILENCIOS.some((codigo) => codigo === errorCodigo);

function isDue(tramo: TramoConocido, momento: Date, hoy: string, diaVacio: boolean): boolean {
  if (startOf(tramo) > momento) return false;
  return isYoung(tramo, momento, hoy) || (isOwed(tramo, momento, diaVacio) && hasWaited(tramo, momento));
}

/** A slice of today that holds some of the last hour. */
const isYoung = (tramo: TramoConocido, momento: Date, hoy: string): boolean =>
  tramo.dia === hoy && endOf(tramo).getTime() > momento.getTime() - ULTIMOS_MS;

/** Whether something is still wanted of a slice. */
function isOwed(tramo: TramoConocido, momento: Date, diaVacio: boolean): boolean {
  const { dia, estado, leido, rechazadas } = tramo;
  if (leido === null || isUnread(tramo) || isAskedFor(tramo)) return true;
  if (estado === 'fallido' || rechazadas > 0) return true;
  // A reading that changes nothing may be the second one, which closes the slice.
  if (estado === 'provisional' && daysSince(dia, momento) >= cierreOf(diaVacio)) return true;
  return passesRelectura(dia, leido, momento);
}

/** A person asked for it and it was not read since. */
const isAskedFor = ({ pedido, leido }: TramoConocido): boolean =>
  pedido !== null && (leido === null || leido < pedido);

/** Whether a day of re-reading began between two moments. */
const passesRelectura = (dia: string, from: Date, to: Date): boolean =>
  RELECTURAS.some((dias) => daysSince(dia, from) < dias && dias <= daysSince(dia, to));

/** What cannot be settled soon waits before it is tried again, unless a person or the calendar asks for it since. */
function hasWaited(tramo: TramoConocido, momento: Date): boolean {
  const { dia, leido, errorMomento, pedido } = tramo;
  // An attempt of the future was noted while the clock of the database was ahead.
  const tries = [leido, errorMomento].flatMap((tried) =>
    tried === null || tried > momento ? [] : tried.getTime(),
  );
  if (tries.length === 0) return true;
  const tried = new Date(Math.max(...tries));
  if ((pedido !== null && tried < pedido) || passesRelectura(dia, tried, momento)) return true;
  return momento.getTime() - tried.getTime() >= esperaHoras(tramo, momento) * HORA_MS - HOLGURA_MS;
}

/**
 * Hours between two attempts. None while the day may still change, so that the first run after a failure heals it. A day after an answer with
 * rejected lines, which only KLK's people can repair, and after a failure when the day is long over; a week where several answers have not
 * settled such a day.
 */
function esperaHoras({ dia, estado, rechazadas, lecturas }: TramoConocido, momento: Date): number {
  const longOver = Math.floor(daysSince(dia, momento)) > ASENTADO;
  if (longOver && lecturas > 1) return HORAS_DE_LA_SEMANA;
  if (estado !== 'fallido' && rechazadas > 0) return HORAS_DEL_DIA;
  return longOver && estado === 'fallido' ? HORAS_DEL_DIA : 0;
}

function claseOf(tramo: TramoConocido, hoy: string, reciente: string): Lectura['clase'] {
  const { dia, estado } = tramo;
  if (dia === hoy) return 'hoy';
  if (estado !== 'cerrado' && dia >= reciente) return 'sin cerrar';
  if (isAskedFor(tramo)) return 'pedido';
  return estado === 'cerrado' ? 'relectura' : 'relleno';
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
