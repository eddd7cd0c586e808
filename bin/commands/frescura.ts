import type { EstadoAlmacen } from '../../lambdas/inventario-klk/runs/read-estado.ts';

/** In one word how fresh a warehouse's inventory is; the first load of a new one may still be under way. */
export function frescuraOf({
  atrasado,
  ultimaCarga,
}: Pick<EstadoAlmacen, 'atrasado' | 'ultimaCarga'>): 'al día' | 'sin cargar' | 'atrasado' {
  if (atrasado) return 'atrasado';
  return ultimaCarga === null ? 'sin cargar' : 'al día';
}
