import { SILENT_ERRORS } from '../core/klk/breaker.ts';
import { addDias, DIA_MS, diaAt, startOfDia } from '../core/time/dia.ts';
import { endOf, startOf } from './tramo.ts';
import type { EstadoTramo, TramoConocido } from './tramo.ts';

/** Why a slice is read, in the order in which a run reads. */
const CLASES = ['hoy', 'sin cerrar', 'pedido', 'relectura', 'relleno'] as const;

/** A slice to read now. */
export interface PlannedTramo {
  readonly tramo: TramoConocido;
  readonly clase: (typeof CLASES)[number];
}

/** Today's slices are read until this long after they ended: lines arrive minutes late. */
const LATE_LINES_MS = 60 * 60_000;

/** A day is read again so many days later, from midnight on: lines arrive, and invoices are cancelled, days later. */
const REREAD_DAYS = [1, 2, 7, 30] as const;

/** Days after which two equal readings close a day. */
const CLOSING_DAYS = 2;

/** The same for a day without a line: the store may have been cut off from KLK, and its sales arrive when it is connected again. */
const CLOSING_DAYS_EMPTY = 7;

/** Days of the past whose open slices are read right after those of today. */
const RECENT_DAYS = 7;

/** Days after which a day is not expected to change any more. */
export const SETTLED_DAYS = 35;

/** Waits end so much earlier. An attempt is made minutes after its run began, so a wait of exactly a day would skip every other daily run. */
const SLACK_MS = 15 * 60_000;

const HORA_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

/** A slice to read, with the keys by which the plan is sorted. */
interface Ranked extends PlannedTramo {
  readonly rank: number;
  readonly failed: boolean;
  readonly silent: boolean;
}

/**
 * The slices that are due at a moment, each once, in the order in which a run reads them: by class, within a class those that failed last at the
 * end, then the newest day first, within a day the stores that did not answer at the end, then by store, the newest slice first.
 */
export function planTramos(tramos: readonly TramoConocido[], momento: Date): readonly PlannedTramo[] {
  const hoy = diaAt(momento);
  const recent = addDias(hoy, -RECENT_DAYS);
  const silent = new Set(tramos.filter(isSilent).map(({ tienda }) => tienda));
  const sold = new Set(tramos.filter(({ lineas }) => lineas > 0).map(tiendaDiaOf));
  return tramos
    .filter((tramo) => isDue(tramo, momento, hoy, !sold.has(tiendaDiaOf(tramo))))
    .map((tramo): Ranked => {
      const clase = claseOf(tramo, hoy, recent);
      return {
        tramo,
        clase,
        rank: CLASES.indexOf(clase),
        failed: tramo.errorCodigo !== null,
        silent: silent.has(tramo.tienda),
      };
    })
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        Number(a.failed) - Number(b.failed) ||
        compare(b.tramo.dia, a.tramo.dia) ||
        Number(a.silent) - Number(b.silent) ||
        compare(a.tramo.tienda, b.tramo.tienda) ||
        compare(b.tramo.desde, a.tramo.desde),
    )
    .map(({ tramo, clase }) => ({ tramo, clase }));
}

const tiendaDiaOf = ({ tienda, dia }: TramoConocido): string => `${dia} ${tienda}`;

/** What the ledger holds of the last accepted reading of a slice. */
export interface EarlierReading {
  readonly leido: Date | null;
  readonly huella: string | null;
}

/** An accepted reading. */
export interface NewReading {
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
 * The state of a slice after an accepted reading. Two equal readings, with nothing rejected and nothing changed, close it: both after its day
 * ended, the second at least two days after the day, or seven when the store has no line of that day. After any other reading the slice is
 * provisional.
 */
export function estadoAfter(earlier: EarlierReading, reading: NewReading): EstadoTramo {
  const { momento, dia, huella, rechazadas, cambio, diaVacio } = reading;
  const readAfterDia = earlier.leido !== null && daysSince(dia, earlier.leido) >= 1;
  const equal = earlier.huella === huella && !cambio && rechazadas === 0;
  return readAfterDia && equal && daysSince(dia, momento) >= closingDaysOf(diaVacio)
    ? 'cerrado'
    : 'provisional';
}

const closingDaysOf = (diaVacio: boolean): number => (diaVacio ? CLOSING_DAYS_EMPTY : CLOSING_DAYS);

/** Whether a slice was not read since it ended. */
export const isUnread = (tramo: TramoConocido): boolean => tramo.leido === null || tramo.leido < endOf(tramo);

/** Days since a day began, with their fraction. */
const daysSince = (dia: string, momento: Date): number =>
  (momento.getTime() - startOfDia(dia).getTime()) / DIA_MS;

/** Whether KLK did not answer the last time that it was asked for a slice. */
const isSilent = ({ errorCodigo }: TramoConocido): boolean =>
  SILENT_ERRORS.some((codigo) => codigo === errorCodigo);

function isDue(tramo: TramoConocido, momento: Date, hoy: string, diaVacio: boolean): boolean {
  if (startOf(tramo) > momento) return false;
  return isYoung(tramo, momento, hoy) || (isOwed(tramo, momento) && hasWaited(tramo, momento, diaVacio));
}

/** Whether a slice is of today and did not end more than an hour ago. */
const isYoung = (tramo: TramoConocido, momento: Date, hoy: string): boolean =>
  tramo.dia === hoy && endOf(tramo).getTime() > momento.getTime() - LATE_LINES_MS;

/** Whether a slice needs another reading. */
function isOwed(tramo: TramoConocido, momento: Date): boolean {
  const { dia, estado, leido, rechazadas } = tramo;
  if (leido === null || isUnread(tramo) || isAskedFor(tramo)) return true;
  if (estado === 'fallido' || rechazadas > 0) return true;
  // The next reading may be the second of two equal ones, which closes the slice.
  if (estado === 'provisional' && daysSince(dia, momento) >= CLOSING_DAYS) return true;
  return passesRereadDay(dia, leido, momento);
}

/** Whether a person asked for a slice and it was not read since. */
const isAskedFor = ({ pedido, leido }: TramoConocido): boolean =>
  pedido !== null && (leido === null || leido < pedido);

/** Whether a day of re-reading began between two moments. */
const passesRereadDay = (dia: string, from: Date, to: Date): boolean =>
  REREAD_DAYS.some((dias) => daysSince(dia, from) < dias && dias <= daysSince(dia, to));

/** Whether a slice has waited long enough since its last attempt, or a person or the calendar asked for it since. */
function hasWaited(tramo: TramoConocido, momento: Date, diaVacio: boolean): boolean {
  const { dia, leido, errorMomento, pedido } = tramo;
  // An attempt of the future was recorded while the clock of the database was ahead.
  const tries = [leido, errorMomento].flatMap((tried) =>
    tried === null || tried > momento ? [] : tried.getTime(),
  );
  if (tries.length === 0) return true;
  const tried = new Date(Math.max(...tries));
  if ((pedido !== null && tried < pedido) || passesRereadDay(dia, tried, momento)) return true;
  return momento.getTime() - tried.getTime() >= waitHoursOf(tramo, momento, diaVacio) * HORA_MS - SLACK_MS;
}

/**
 * Hours between two attempts. None while the day may still change, so that the first run after a failure repairs it. 24 after an answer with
 * rejected lines, which only KLK's people can correct, and after a failure of a day that is long over. 24 also while a day without a line cannot be
 * closed: its store may have been cut off from KLK, and nobody knows until when. A week when several answers did not close a day that is long over.
 */
function waitHoursOf(tramo: TramoConocido, momento: Date, diaVacio: boolean): number {
  const { dia, estado, rechazadas, lecturas } = tramo;
  const longOver = Math.floor(daysSince(dia, momento)) > SETTLED_DAYS;
  if (longOver && lecturas > 1) return WEEK_HOURS;
  const waitsEmpty = diaVacio && !isUnread(tramo) && daysSince(dia, momento) < CLOSING_DAYS_EMPTY;
  if (estado !== 'fallido' && (rechazadas > 0 || waitsEmpty)) return DAY_HOURS;
  return longOver && estado === 'fallido' ? DAY_HOURS : 0;
}

function claseOf(tramo: TramoConocido, hoy: string, recent: string): PlannedTramo['clase'] {
  const { dia, estado } = tramo;
  if (dia === hoy) return 'hoy';
  if (estado !== 'cerrado' && dia >= recent) return 'sin cerrar';
  if (isAskedFor(tramo)) return 'pedido';
  return estado === 'cerrado' ? 'relectura' : 'relleno';
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
