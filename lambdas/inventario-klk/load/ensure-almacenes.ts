import type { Tienda } from '../catalogo.ts';
import type { Queryable } from './database.ts';

/** Inserts the warehouses the database lacks. One that it knows under another store stays there, and fails when it is loaded. */
export async function ensureAlmacenes(client: Queryable, tiendas: readonly Tienda[]): Promise<void> {
  const almacenes = tiendas.flatMap(({ id, almacenes }) =>
    almacenes.map((almacen) => ({ ...almacen, tienda: id })),
  );
  await client.query(
    `INSERT INTO almacenes (codigo, nombre, ubicacion_id)
     SELECT codigo, nombre, ubicacion_id
       FROM unnest($1::text[], $2::text[], $3::text[]) AS a (codigo, nombre, ubicacion_id)
      ORDER BY codigo
     ON CONFLICT (codigo) DO NOTHING`,
    [
      almacenes.map(({ codigo }) => codigo),
      almacenes.map(({ nombre }) => nombre),
      almacenes.map(({ tienda }) => tienda),
    ],
  );
}
