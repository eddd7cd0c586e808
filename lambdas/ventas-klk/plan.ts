import { SILENCIOS } from '../core/klk/breaker.ts';
import { addDias, DIA_MS, diaAt, startOfDia } from '../core/time/dia.ts';
import { endOf, startOf } from './tramo.ts';
import type { EstadoTramo, TramoConocido } from './tramo.ts';

/** Why a slice is read, in the order in which a run reads. */
const CLASES = ['hoy', 'sin cerrar', 'relectura', 'relleno', 'segunda lectura'] as const;

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

/** Days after a day within which a rejected line is asked for again once a day: KLK may have repaired it. */
const REPARACION = 30;

/** Days back in which what is not closed goes before everything but today. */
const RECIENTES = 7;

/**
 * What a run reads at a moment, in order: by class, newest day first, stores that did not answer last, then by store, newest slice
 * first. Each slice that is due comes once, and no other.
 */
export function planLecturas(tramos: readonly TramoConocido[], momento: Date): readonly Lectura[] {
  const hoy = diaAt(momento);
  const callados = new Set(tramos.filter(isSilent).map(({ tienda }) => tienda));
  return tramos
    .filter((tramo) => isDue(tramo, momento, hoy))
    .map((tramo) => ({ tramo, clase: claseOf(tramo, hoy) }))
    .sort(
      (a, b) =>
        CLASES.indexOf(a.clase) - CLASES.indexOf(b.clase) ||
        compare(b.tramo.dia, a.tramo.dia) ||
        Number(callados.has(a.tramo.tienda)) - Number(callados.has(b.tramo.tienda)) ||
        compare(a.tramo.tienda, b.tramo.tienda) ||
        compare(b.tramo.desde, a.tramo.desde),
    );
}

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
}

/**
 * The state of a slice after an accepted reading. Two equal readings close it: both after its day ended, the second two days later,
 * with nothing rejected and nothing to change. Any other reading leaves it provisional, or makes it so again.
 */
export function estadoTras(anterior: LecturaAnterior, lectura: LecturaNueva): EstadoTramo {
  const { momento, dia, huella, rechazadas, cambio } = lectura;
  const readAfterDia = anterior.leido !== null && daysSince(dia, anterior.leido) >= 1;
  const equal = anterior.huella === huella && !cambio && rechazadas === 0;
  return readAfterDia && equal && daysSince(dia, momento) >= CIERRE ? 'cerrado' : 'provisional';
}

/** Days, whole or not, since a day began. */
const daysSince = (dia: string, momento: Date): number =>
  (momento.getTime() - startOfDia(dia).getTime()) / DIA_MS;

/** Whether KLK did not answer the last time that it was asked for a slice. */
const isSilent = ({ errorCodigo }: TramoConocido): boolean =>
  SILENCIOS.some((codigo) => codigo === errorCodigo);

function isDue(tramo: TramoConocido, momento: Date, hoy: string): boolean {
  const { dia, estado, leido, rechazadas } = tramo;
  if (startOf(tramo) > momento) return false;
  if (leido === null || estado === 'pendiente' || estado === 'fallido') return true;
  if (dia === hoy && isYoung(tramo, momento, leido)) return true;
  const [now, read] = [daysSince(dia, momento), daysSince(dia, leido)];
  // A reading that changes nothing may be the second one, which closes the slice.
  if (estado === 'provisional' && rechazadas === 0 && now >= CIERRE) return true;
  if (rechazadas > 0 && now < REPARACION && diaAt(leido) < hoy) return true;
  return RELECTURAS.some((dias) => read < dias && dias <= now);
}

/** A slice of today that holds some of the last hour, or that was last read before it ended, because runs were missed since. */
function isYoung(tramo: TramoConocido, momento: Date, leido: Date): boolean {
  const end = endOf(tramo);
  return end.getTime() > momento.getTime() - ULTIMOS_MS || leido < end;
}

function claseOf({ dia, estado }: TramoConocido, hoy: string): Lectura['clase'] {
  if (dia === hoy) return 'hoy';
  if (estado === 'cerrado') return 'relectura';
  if (dia >= addDias(hoy, -RECIENTES)) return 'sin cerrar';
  return estado === 'provisional' ? 'segunda lectura' : 'relleno';
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
