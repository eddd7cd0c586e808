import { z } from '@hono/zod-openapi';
import type { Tienda } from './queries/read-tiendas.ts';
import { ArticuloSchema, TiendaSchema } from './schemas.ts';
import type { Articulo } from './schemas.ts';

/** The first fields of every row about an article in a warehouse. */
export const EN_ALMACEN = { tienda: TiendaSchema, almacen: z.string(), articulo: ArticuloSchema };

/** The last field of a row with sums of the sales of its store. */
export const DE_VENTAS = {
  incompleto: z.boolean().meta({
    description: 'algún día de la tienda que se cuenta no se ha leído entero o falló',
  }),
};

/** A store as answers name it. */
type NamedTienda = z.infer<typeof TiendaSchema>;

/** Finds a store's name by its id. */
export function nameStores(tiendas: readonly Tienda[]): (id: string) => NamedTienda {
  const names = new Map(tiendas.map(({ id, nombre }) => [id, nombre]));
  return (id) => ({ id, nombre: names.get(id) ?? id });
}

/** An article in a warehouse, as queries read it. */
type ArticuloEnAlmacen = Articulo & { readonly tienda: string; readonly almacen: string };

/** Makes the first fields of a row about an article in a warehouse. */
export function beginRows(
  tiendas: readonly Tienda[],
): (fila: ArticuloEnAlmacen) => { tienda: NamedTienda; almacen: string; articulo: Articulo } {
  const toTienda = nameStores(tiendas);
  return ({ tienda, almacen, codigo, nombre, categoria, marca }) => ({
    tienda: toTienda(tienda),
    almacen,
    articulo: { codigo, nombre, categoria, marca },
  });
}
