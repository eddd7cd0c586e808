import type { Tienda } from '../catalogo.ts';
import type { Queryable } from './database.ts';

/** The stores' warehouse codes, oldest accepted snapshot first, so that what a short run leaves out comes first in the next. */
export async function readStalestFirst(client: Queryable, tiendas: readonly Tienda[]): Promise<string[]> {
  const { rows } = await client.query<{ codigo: string }>(
    `SELECT codigo FROM almacenes WHERE codigo = ANY ($1::text[])
      ORDER BY ultima_extraccion ASC NULLS FIRST, codigo COLLATE "C"`,
    [tiendas.flatMap(({ almacenes }) => almacenes.map(({ codigo }) => codigo))],
  );
  return rows.map(({ codigo }) => codigo);
}
