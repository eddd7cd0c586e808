import { toDecimal } from '../../core/config/locale.ts';
import { PipelineError } from '../../core/errors/errors.ts';

/** Limits above which an answer is suspect; reasons in docs/fiabilidad.md. */
export interface Thresholds {
  /** Share, 0 to 1, of the lines of an answer that may be rejected. */
  readonly badLines: number;
  /** Lines held from which on an empty answer is suspect. */
  readonly empty: number;
  /** Share, 0 to 1, of the lines held that may be gone at once. */
  readonly gone: number;
}

/** What an answer does to the lines that a slice holds. */
export interface Changes {
  /** Whether the slice was closed once. */
  readonly cerrado: boolean;
  /** Lines held before, and those of them that are neither in the answer nor rejected. */
  readonly previas: number;
  readonly ausentes: number;
  /** Lines of other slices of the day that this run found empty, as this one. */
  readonly vaciadasDelDia: number;
  /** Whether an answer that emptied the slice was refused, and none was accepted since. */
  readonly vacioRechazado: boolean;
  /** Lines of the answer, rejected ones included. */
  readonly extraidos: number;
}

/** With fewer lines a share is not meaningful: one of ten is already 10 %. */
const MIN_LINEAS = 20;

/** A single rejected line is never too many. */
const MIN_RECHAZADAS = 2;

const percent = (part: number, whole: number): string => `${toDecimal((100 * part) / whole)} %`;

/** Too many of the lines of an answer could not be read; `share` is 0 to 1. */
export function findBadLines(
  { extraidos, rechazados }: { readonly extraidos: number; readonly rechazados: number },
  share: number,
): PipelineError | undefined {
  if (rechazados < MIN_RECHAZADAS || extraidos < MIN_LINEAS || rechazados / extraidos <= share)
    return undefined;
  const parte = `${rechazados} de ${extraidos} líneas (${percent(rechazados, extraidos)})`;
  return new PipelineError('FILAS_MALAS', `No se pudieron leer ${parte}`);
}

/**
 * An answer most of whose lines are of invoices that the store has on another day is the answer of that day, whatever date it carries: no person
 * can accept it.
 */
export function findOtherDay(enOtroDia: number, extraidos: number): PipelineError | undefined {
  if (enOtroDia < MIN_LINEAS || 2 * enOtroDia <= extraidos) return undefined;
  const parte = `${enOtroDia} de ${extraidos} líneas (${percent(enOtroDia, extraidos)})`;
  return new PipelineError('KLK_OTRO_TRAMO', `Son de facturas que la tienda tiene en otro día ${parte}`);
}

/** What makes an answer suspect against the lines that the slice holds: the first reason only, because one implies the next. */
export function findSuspicion(changes: Changes, thresholds: Thresholds): PipelineError | undefined {
  const { cerrado, previas, ausentes, vaciadasDelDia, vacioRechazado, extraidos } = changes;
  // The lines of other emptied slices count too, so that many small slices cannot empty a day. A refusal is remembered, because the next run does not see the other slices.
  if (extraidos === 0 && previas > 0 && (vacioRechazado || previas + vaciadasDelDia >= thresholds.empty)) {
    const antes = vaciadasDelDia > 0 ? `, tras ${vaciadasDelDia} en otros tramos vacíos del día` : '';
    return new PipelineError('SOSPECHOSO_VACIO', `KLK no da ninguna línea y había ${previas}${antes}`);
  }
  if (cerrado && ausentes > 0) {
    return new PipelineError(
      'SOSPECHOSO_DIA_CERRADO',
      `De un día cerrado desaparecen ${ausentes} de ${previas} líneas`,
    );
  }
  if (ausentes >= MIN_LINEAS && ausentes / previas > thresholds.gone) {
    const parte = `${ausentes} de ${previas} líneas (${percent(ausentes, previas)})`;
    return new PipelineError('SOSPECHOSO_RETIRADAS', `Desaparecen de golpe ${parte}`);
  }
  return undefined;
}
