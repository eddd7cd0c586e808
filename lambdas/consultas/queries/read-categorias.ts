import type { Queryable } from '../../core/postgres/connection.ts';

/** A category, and how many articles it has. */
export interface Categoria {
  readonly nombre: string;
  readonly articulos: number;
}

/** Every category of the active articles, by name. */
export async function readCategorias(client: Queryable): Promise<Categoria[]> {
  const { rows } = await client.query<Categoria>(
    'SELECT nombre, articulos FROM consultas.categorias ORDER BY nombre',
  );
  return rows;
}
