import type { Conteos } from '../../lambdas/inventario-klk/summary.ts';
import { countOf } from './count-of.ts';

/** What seldom happens to rows, in words; empty when none of it did. */
export function describeRareCounts(counts: Conteos): string {
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

/** How many prices changed, in words; empty when none did. */
export const describePrecios = ({
  preciosCambiados: count,
}: {
  readonly preciosCambiados: number;
}): string => (count > 0 ? countOf(count, 'precio cambiado', 'precios cambiados') : '');
