import { PipelineError } from '../../shared/errors.ts';
import type { Held } from './accept-snapshot.ts';
import type { Replaced } from './replace-inventario.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Refuses a load after which the warehouse's rows do not add up to the snapshot's plus the kept ones, in number and in quantity.
 * @throws PipelineError `VERIFICACION_FALLIDA`
 */
export function confirmInventario(
  { almacen, inventario }: Snapshot,
  { conservados, sumaEsperada }: Replaced,
  { filas, suma }: Held,
): void {
  const validas = inventario.length;
  if (filas === validas + conservados && suma === sumaEsperada) return;
  throw new PipelineError(
    'VERIFICACION_FALLIDA',
    `Tras la carga ${almacen} tiene ${filas} filas, que no cuadran con las ${validas} válidas y ${conservados} conservadas`,
  );
}
