import { NO_COUNTS } from '../../lambdas/inventario-klk/summary.ts';
import { estadoTienda } from '../../lambdas/core/run/summary.ts';
import type { ResumenAlmacen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';

/** What happened to a warehouse that nothing was counted of, unless `cambios` says otherwise. */
export const resumenAlmacen = (
  estado: ResumenAlmacen['estado'],
  cambios: Partial<ResumenAlmacen> = {},
): ResumenAlmacen => ({
  codigo: 'UNO',
  estado,
  ...NO_COUNTS,
  ms: { extraccion: 0, transformacion: 0, carga: 0 },
  ...cambios,
});

/** A store of these warehouses. */
export const resumenTienda = (id: string, ...almacenes: readonly ResumenAlmacen[]): ResumenTienda => ({
  id,
  nombre: id.toUpperCase(),
  estado: estadoTienda(almacenes),
  almacenes,
});
