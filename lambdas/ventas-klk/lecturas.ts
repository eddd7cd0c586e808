import { addDias } from '../core/time/dia.ts';
import type { Periodo } from './event.ts';
import type { Lectura } from './plan.ts';
import { splitTramo, startOf, tileToday } from './tramo.ts';
import type { Tramo, TramoConocido } from './tramo.ts';

/** What decides into which parts a slice is cut. */
export interface Medida {
  readonly momento: Date;
  /** Lines that each store sells by the hour, 24 numbers; a store of which nothing is known is left out. */
  readonly lineasPorHora: ReadonlyMap<string, readonly number[]>;
  readonly maxLineas: number;
}

const SIN_HISTORIA: readonly number[] = Array.from({ length: 24 }, () => 0);

/**
 * All slices that a person asked for, as far as they have begun: what is due has no say. What an earlier request left unread comes before
 * what was read since, so that asking again goes on where the last run stopped; else in the order given.
 */
export const planAsked = (tramos: readonly TramoConocido[], momento: Date): readonly Lectura[] =>
  tramos
    .filter((tramo) => startOf(tramo) <= momento)
    .toSorted((a, b) => Number(a.pedido ?? 0) - Number(b.pedido ?? 0))
    .map((tramo) => ({ tramo, clase: 'pedido' }));

/** What a dry run reads, which knows no ledger: these days, or today. */
export function planSimulated(
  tiendas: readonly string[],
  { desde, hasta }: Periodo,
  hoy: string,
  momento: Date,
): readonly Lectura[] {
  const dias: string[] = [];
  for (let dia = hasta; dia >= desde; dia = addDias(dia, -1)) dias.push(dia);
  const tramos = dias.flatMap((dia) =>
    tiendas.flatMap((tienda) =>
      dia === hoy ? tileToday(tienda, dia).toReversed() : [{ tienda, dia, desde: '00:00', hasta: '24:00' }],
    ),
  );
  return planAsked(
    tramos.map((tramo) => ({ ...tramo, ...NUNCA_LEIDO })),
    momento,
  );
}

const NUNCA_LEIDO = {
  estado: 'pendiente',
  lineas: 0,
  rechazadas: 0,
  leido: null,
  lecturas: 0,
  pedido: null,
  errorCodigo: null,
  errorMomento: null,
} as const;

/** The parts in which a slice is read, newest first: itself alone when it is not expected to hold too many lines. */
export function partsOf({ tramo }: Lectura, { lineasPorHora, maxLineas }: Medida): readonly Tramo[] {
  // What was read says more than what the store usually sells.
  if (tramo.leido !== null && tramo.lineas <= maxLineas) return [tramo];
  return splitTramo(tramo, lineasPorHora.get(tramo.tienda) ?? SIN_HISTORIA, maxLineas).toReversed();
}

/** Parts of a slice as slices to read, as far as they have begun. */
export const toLecturas = (
  { tramo, clase }: Lectura,
  partes: readonly Tramo[],
  momento: Date,
): readonly Lectura[] =>
  partes
    .filter((parte) => startOf(parte) <= momento)
    .map(({ desde, hasta }) => ({ tramo: { ...tramo, lineas: 0, desde, hasta }, clase }));
