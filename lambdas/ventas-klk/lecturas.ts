import { addDias } from '../core/time/dia.ts';
import type { Periodo } from './event.ts';
import type { Lectura } from './plan.ts';
import { splitTramo, startOf, tileToday } from './tramo.ts';
import type { Tramo, TramoConocido } from './tramo.ts';

/** What the cutting of slices depends on. */
export interface CutContext {
  readonly momento: Date;
  /** Lines that each store sells by the hour, 24 numbers; stores without known sales are left out. */
  readonly lineasPorHora: ReadonlyMap<string, readonly number[]>;
  readonly maxLineas: number;
}

const SIN_HISTORIA: readonly number[] = Array.from({ length: 24 }, () => 0);

/**
 * All slices that a person asked for and that have begun, whether they are due or not. Those that were not read since an earlier request come
 * first, so that a repeated request continues where the last run stopped; otherwise the order stays.
 */
export const planAsked = (tramos: readonly TramoConocido[], momento: Date): readonly Lectura[] =>
  tramos
    .filter((tramo) => startOf(tramo) <= momento)
    .toSorted((a, b) => Number(a.pedido ?? 0) - Number(b.pedido ?? 0))
    .map((tramo) => ({ tramo, clase: 'pedido' }));

/** The slices of a dry run, which does not read the ledger: these days, today by the hour. */
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
export function partsOf({ tramo }: Lectura, { lineasPorHora, maxLineas }: CutContext): readonly Tramo[] {
  // The lines that it holds say more than the lines that the store usually sells.
  if (tramo.leido !== null && tramo.lineas <= maxLineas) return [tramo];
  return splitTramo(tramo, lineasPorHora.get(tramo.tienda) ?? SIN_HISTORIA, maxLineas).toReversed();
}

/** The parts of a slice that have begun, as slices to read. */
export const toLecturas = (
  { tramo, clase }: Lectura,
  partes: readonly Tramo[],
  momento: Date,
): readonly Lectura[] =>
  partes
    .filter((parte) => startOf(parte) <= momento)
    .map(({ desde, hasta }) => ({ tramo: { ...tramo, lineas: 0, desde, hasta }, clase }));
