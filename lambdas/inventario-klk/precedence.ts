import { SILENT_ERRORS } from '../core/klk/breaker.ts';
import type { EarlierRuns } from '../core/klk/breaker.ts';

/** What earlier runs recorded about one warehouse. */
export interface AlmacenHistory {
  readonly almacen: string;
  /** Of its last accepted snapshot; null when it was never loaded. */
  readonly ultimaExtraccion: Date | null;
  /** Whether a recent run recorded this warehouse. The fields below are from the last such run. */
  readonly anotado: boolean;
  readonly error: string | null;
  /** Whether KLK was asked. */
  readonly preguntado: boolean;
  /** The error of the last run in which KLK was asked and had time to answer; null for none. */
  readonly respuesta: string | null;
}

/** The order in which a run processes its warehouses, and what its breaker needs to know about them. */
export interface Precedence extends EarlierRuns {
  readonly order: readonly string[];
}

/** Nothing is known: the order is the one asked for. */
export const NO_EARLIER_RUNS: Precedence = { order: [], silent: new Set(), owed: new Set() };

/**
 * First the warehouses that the last run omitted, then those that its deadline cut off, last those that did not answer, so that none is
 * starved by others; within each group the oldest accepted snapshot first.
 */
export function toPrecedence(histories: readonly AlmacenHistory[]): Precedence {
  const only = (wanted: (history: AlmacenHistory) => boolean): Set<string> =>
    new Set(histories.filter(wanted).map(({ almacen }) => almacen));
  const ageOf = ({ ultimaExtraccion }: AlmacenHistory): number => ultimaExtraccion?.getTime() ?? -Infinity;
  return {
    // The database has put them in the order of their codes, which sorting keeps among equals.
    order: histories
      .toSorted((a, b) => groupOf(a) - groupOf(b) || compare(ageOf(a), ageOf(b)))
      .map(({ almacen }) => almacen),
    silent: only(isSilent),
    owed: only(({ error }) => error === 'KLK_CAIDA'),
  };
}

const isSilent = ({ respuesta }: AlmacenHistory): boolean =>
  SILENT_ERRORS.some((codigo) => codigo === respuesta);

function groupOf(history: AlmacenHistory): number {
  const { anotado, error, preguntado } = history;
  if (!anotado || error === 'KLK_CAIDA') return 0;
  if (error === 'SIN_TIEMPO') return preguntado ? 1 : 0;
  return isSilent(history) ? 3 : 2;
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
