import type { PlannedTramo } from './plan.ts';
import { splitTramo, startOf } from './tramo.ts';
import type { Tramo } from './tramo.ts';

/** What the cutting of slices depends on. */
export interface CutContext {
  readonly momento: Date;
  /** Lines that each store sells by the hour, 24 numbers; stores without known sales are left out. */
  readonly lineasPorHora: ReadonlyMap<string, readonly number[]>;
  readonly maxLineas: number;
}

const NO_HISTORY: readonly number[] = Array.from({ length: 24 }, () => 0);

/** The parts in which a slice is read, newest first: itself alone when it is not expected to hold too many lines. */
export function partsOf({ tramo }: PlannedTramo, { lineasPorHora, maxLineas }: CutContext): readonly Tramo[] {
  // The lines that it holds say more than the lines that the store usually sells.
  if (tramo.leido !== null && tramo.lineas <= maxLineas) return [tramo];
  return splitTramo(tramo, lineasPorHora.get(tramo.tienda) ?? NO_HISTORY, maxLineas).toReversed();
}

/** The parts of a slice that have begun, as slices to read. */
export const toPlanned = (
  { tramo, clase }: PlannedTramo,
  parts: readonly Tramo[],
  momento: Date,
): readonly PlannedTramo[] =>
  parts
    .filter((part) => startOf(part) <= momento)
    .map(({ desde, hasta }) => ({ tramo: { ...tramo, lineas: 0, desde, hasta }, clase }));
