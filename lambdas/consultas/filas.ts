import { z } from '@hono/zod-openapi';
import type { Tienda } from './queries/read-tiendas.ts';
import { ArticuloSchema, TiendaSchema } from './schemas.ts';
import type { Articulo } from './schemas.ts';

/** How every row of an article in a warehouse begins. */
export const EN_ALMACEN = { tienda: TiendaSchema, almacen: z.string(), articulo: ArticuloSchema };

/** A store as answers name it. */
type TiendaDeFila = z.infer<typeof TiendaSchema>;

/** Names the store of a row. */
export function nameStores(tiendas: readonly Tienda[]): (id: string) => TiendaDeFila {
  const nombres = new Map(tiendas.map(({ id, nombre }) => [id, nombre]));
  return (id) => ({ id, nombre: nombres.get(id) ?? id });
}

/** An article in a warehouse, as queries read it. */
type ArticuloEnAlmacen = Articulo & { readonly tienda: string; readonly almacen: string };

/** Begins the row of an article in a warehouse. */
export function beginRows(
  tiendas: readonly Tienda[],
): (fila: ArticuloEnAlmacen) => { tienda: TiendaDeFila; almacen: string; articulo: Articulo } {
  const toTienda = nameStores(tiendas);
  return ({ tienda, almacen, codigo, nombre, categoria, marca }) => ({
    tienda: toTienda(tienda),
    almacen,
    articulo: { codigo, nombre, categoria, marca },
  });
}
