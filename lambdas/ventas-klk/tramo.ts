import { startOfDia } from '../core/time/dia.ts';

/**
 * What is known of a slice: never read; read, but its day is still open or recent; read twice with equal answers after its day ended;
 * or its last reading failed.
 */
export type EstadoTramo = 'pendiente' | 'provisional' | 'cerrado' | 'fallido';

/** A slice: the sales of a store on a day (`YYYY-MM-DD`) from `desde` up to, not including, `hasta` (`HH:MM`; `24:00` ends the day). */
export interface Tramo {
  readonly tienda: string;
  readonly dia: string;
  readonly desde: string;
  readonly hasta: string;
}

/** A row of the ledger, as the plan reads it. */
export interface TramoConocido extends Tramo {
  readonly estado: EstadoTramo;
  readonly lineas: number;
  readonly rechazadas: number;
  /** When the last accepted answer was asked for. */
  readonly leido: Date | null;
  /** Answers accepted so far. */
  readonly lecturas: number;
  /** The oldest request of a person since the last reading; otherwise the last request; null for none. */
  readonly pedido: Date | null;
  /** Of the last attempt, if it failed. */
  readonly errorCodigo: string | null;
  readonly errorMomento: Date | null;
}

const MINUTO_MS = 60_000;
const HORA = 60;
const FIN_DEL_DIA = 24 * HORA;

/** Today is cut by the hour while stores are open, before anything is known of it. */
const APERTURA = 6 * HORA;
const CIERRE = 22 * HORA;

/** Length of the parts when nothing is known of the store. */
const SIN_HISTORIA = 3 * HORA;

/** When a slice begins. */
export const startOf = ({ dia, desde }: Tramo): Date => momentOf(dia, toMinutos(desde));

/** When a slice ends: the first moment that is no longer in it. */
export const endOf = ({ dia, hasta }: Tramo): Date => momentOf(dia, toMinutos(hasta));

const momentOf = (dia: string, minutos: number): Date =>
  new Date(startOfDia(dia).getTime() + minutos * MINUTO_MS);

/** Minutes from the beginning of the day to a time of day, `HH:MM`. */
export const toMinutos = (hora: string): number => Number(hora.slice(0, 2)) * HORA + Number(hora.slice(3, 5));

const toHora = (minutos: number): string =>
  [Math.floor(minutos / HORA), minutos % HORA].map((part) => String(part).padStart(2, '0')).join(':');

/** The slices of a day that has begun: the night, each hour from 06:00 to 22:00, the evening. */
export function tileToday(tienda: string, dia: string): readonly Tramo[] {
  const cuts: number[] = [];
  for (let minuto = APERTURA; minuto <= CIERRE; minuto += HORA) cuts.push(minuto);
  return cutAt({ tienda, dia, desde: toHora(0), hasta: toHora(FIN_DEL_DIA) }, cuts);
}

/**
 * A slice cut so that each part is expected to hold at most `maxLineas`, or is one minute long. `lineasPorHora` are the lines of an
 * ordinary day of the store by hour, 24 numbers; when all are 0 nothing is known, and the parts are three hours long.
 */
export function splitTramo(
  tramo: Tramo,
  lineasPorHora: readonly number[],
  maxLineas: number,
): readonly Tramo[] {
  const known = lineasPorHora.some((lineas) => lineas > 0);
  return cutAt(tramo, known ? cutsByLineas(tramo, lineasPorHora, maxLineas) : cutsEvery(tramo, SIN_HISTORIA));
}

/** A slice is not halved into parts that are shorter: no store sells so much in them that KLK could not answer. */
const MIN_MEDIO = 15;

/** A slice as two halves; undefined when they would be shorter than 15 minutes. */
export function halveTramo(tramo: Tramo): readonly [Tramo, Tramo] | undefined {
  const [desde, hasta] = boundsOf(tramo);
  if (hasta - desde < 2 * MIN_MEDIO) return undefined;
  const middle = toHora(Math.floor((desde + hasta) / 2));
  return [
    { ...tramo, hasta: middle },
    { ...tramo, desde: middle },
  ];
}

const boundsOf = ({ desde, hasta }: Tramo): readonly [number, number] => [toMinutos(desde), toMinutos(hasta)];

function cutAt(tramo: Tramo, cuts: readonly number[]): readonly Tramo[] {
  const edges = [tramo.desde, ...cuts.map(toHora), tramo.hasta];
  return edges.slice(1).map((hasta, index) => ({ ...tramo, desde: edges[index] ?? tramo.desde, hasta }));
}

function cutsEvery(tramo: Tramo, minutos: number): readonly number[] {
  const [desde, hasta] = boundsOf(tramo);
  const cuts: number[] = [];
  for (let minuto = desde + minutos; minuto < hasta; minuto += minutos) cuts.push(minuto);
  return cuts;
}

/** Cuts before each piece, at most an hour long, with which the part would hold too many lines. */
function cutsByLineas(tramo: Tramo, lineasPorHora: readonly number[], maxLineas: number): readonly number[] {
  const cuts: number[] = [];
  const [start] = boundsOf(tramo);
  let held = 0;
  for (const { desde, lineas } of piecesOf(tramo, lineasPorHora, maxLineas)) {
    if (desde > start && held + lineas > maxLineas) {
      cuts.push(desde);
      held = 0;
    }
    held += lineas;
  }
  return cuts;
}

/** A part of an hour, and the lines expected in it. */
interface Piece {
  readonly desde: number;
  readonly lineas: number;
}

function piecesOf(tramo: Tramo, lineasPorHora: readonly number[], maxLineas: number): readonly Piece[] {
  const [start, end] = boundsOf(tramo);
  const pieces: Piece[] = [];
  for (let desde = start; desde < end;) {
    const hora = Math.floor(desde / HORA);
    const hasta = Math.min(end, (hora + 1) * HORA);
    const porHora = lineasPorHora[hora] ?? 0;
    const minutos = pieceLength(hasta - desde, porHora, maxLineas);
    for (; desde < hasta; desde += minutos) {
      pieces.push({ desde, lineas: (porHora * Math.min(minutos, hasta - desde)) / HORA });
    }
    desde = hasta;
  }
  return pieces;
}

/** Minutes of the longest pieces, about equal to each other, that hold no more than `maxLineas`. */
function pieceLength(minutos: number, porHora: number, maxLineas: number): number {
  const longest = Math.min(minutos, Math.max(1, Math.floor((maxLineas * HORA) / porHora)));
  return Math.ceil(minutos / Math.ceil(minutos / longest));
}
