import type { Queryable } from '../../core/postgres/connection.ts';

/** A store, or a distribution centre, which sells nothing. */
export interface Tienda {
  readonly id: string;
  readonly nombre: string;
  readonly tipo: 'tienda' | 'cedi';
}

/** Every open store, by name. */
export async function readTiendas(client: Queryable): Promise<readonly Tienda[]> {
  const { rows } = await client.query<Tienda>({
    name: 'tiendas',
    text: 'SELECT id::text, nombre, tipo FROM consultas.tiendas ORDER BY nombre, id',
  });
  return rows;
}
