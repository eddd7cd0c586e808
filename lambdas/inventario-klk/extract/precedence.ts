import { SILENCIOS } from '../../core/klk/breaker.ts';
import type { Antecedentes } from '../../core/klk/breaker.ts';

/** What is known about one warehouse before a run. */
export interface Antecedente {
  readonly almacen: string;
  /** Of its last accepted snapshot; null when it was never loaded. */
  readonly ultimaExtraccion: Date | null;
  /** Whether a recent run has recorded how it left this warehouse. What follows is what the last one recorded. */
  readonly anotado: boolean;
  readonly error: string | null;
  /** Whether KLK was asked. */
  readonly preguntado: boolean;
  /** The error of the last run in which KLK was asked and had the time to answer; null when there was none. */
  readonly respuesta: string | null;
}

/** In which order a run takes its warehouses, and what its breaker must know about them. */
export interface Precedence extends Antecedentes {
  readonly order: readonly string[];
}

/** Nothing is known: the order is the one asked for. */
export const SIN_ANTECEDENTES: Precedence = { order: [], callados: new Set(), debidos: new Set() };

/**
 * First come the warehouses that the last run left out, then those cut off by its deadline, last those that did not answer, so that no
 * warehouse waits for ever behind others; within each group the oldest accepted snapshot first.
 */
export function toPrecedence(antecedentes: readonly Antecedente[]): Precedence {
  const only = (wanted: (antecedente: Antecedente) => boolean): Set<string> =>
    new Set(antecedentes.filter(wanted).map(({ almacen }) => almacen));
  const ageOf = ({ ultimaExtraccion }: Antecedente): number => ultimaExtraccion?.getTime() ?? -Infinity;
  return {
    // The database has put them in the order of their codes, which sorting keeps among equals.
    order: antecedentes
      .toSorted((a, b) => groupOf(a) - groupOf(b) || compare(ageOf(a), ageOf(b)))
      .map(({ almacen }) => almacen),
    callados: only(isSilent),
    debidos: only(({ error }) => error === 'KLK_CAIDA'),
  };
}

const isSilent = ({ respuesta }: Antecedente): boolean => SILENCIOS.some((codigo) => codigo === respuesta);

function groupOf(antecedente: Antecedente): number {
  const { anotado, error, preguntado } = antecedente;
  if (!anotado || error === 'KLK_CAIDA') return 0;
  if (error === 'SIN_TIEMPO') return preguntado ? 1 : 0;
  return isSilent(antecedente) ? 3 : 2;
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
