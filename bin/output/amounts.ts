import { toDecimal } from '../../lambdas/core/config/locale.ts';
import type { RowCounts } from '../../lambdas/inventario-klk/summary.ts';

/** A number with its noun: `1 tienda`, `2 tiendas`, `0 tiendas`. */
export const countOf = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

/** Rejected, duplicate, kept and retired rows, in words; empty when there are none. */
export function describeRareCounts(counts: RowCounts): string {
  const { rechazados, duplicados, conservados, retirados } = counts;
  return [
    rechazados > 0 ? countOf(rechazados, 'rechazo', 'rechazos') : '',
    duplicados > 0 ? countOf(duplicados, 'fila duplicada', 'filas duplicadas') : '',
    conservados > 0 ? countOf(conservados, 'artículo conservado', 'artículos conservados') : '',
    retirados > 0 ? countOf(retirados, 'artículo retirado', 'artículos retirados') : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** How many prices changed, in words; empty for none. */
export const describePrecios = ({
  preciosCambiados: count,
}: {
  readonly preciosCambiados: number;
}): string => (count > 0 ? countOf(count, 'precio cambiado', 'precios cambiados') : '');

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
] as const;

/** A time span for a person, in its two largest units: `3 h 20 min`. */
export function toLapse(seconds: number): string {
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  let rest = Math.round(seconds / 60) * 60;
  const first = UNITS.findIndex((unit) => rest >= unit.seconds);
  const parts = UNITS.slice(first, first + 2).map(({ name, seconds: size }) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count} ${name}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** How long something took, for a person: `850 ms`, `12,3 s`, `4 min`. */
export function toDuration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${toDecimal(ms / 1_000)} s` : toLapse(ms / 1_000);
}

/** Money as decimal text, in dollars and cents: `1234,50`. */
export const toUsd = (text: string): string => Number(text).toFixed(2).replace('.', ',');
