import type { Queryable } from '../../core/postgres/connection.ts';
import type { Unidad } from '../schemas.ts';

/**
 * In what each of these articles is counted: as these stores sold it in the 28 whole days before `hoy` or, if they did not, as its group says; `und` for one that does not
 * exist.
 */
export async function readUnidades(
  client: Queryable,
  tiendas: readonly string[],
  articulos: readonly string[],
  hoy: string,
): Promise<(articulo: string) => Unidad> {
  const { rows } = await client.query<{ readonly articulo: string; readonly unidad: Unidad }>({
    name: 'unidades',
    text: 'SELECT articulo, unidad FROM consultas.unidades_de($1::text[], $2::text[], $3::date)',
    values: [tiendas, articulos, hoy],
  });
  const unidades = new Map(rows.map(({ articulo, unidad }) => [articulo, unidad]));
  return (articulo) => unidades.get(articulo) ?? 'und';
}
