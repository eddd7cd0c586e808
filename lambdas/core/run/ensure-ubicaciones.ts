import type { Tienda } from '../config/catalogo.ts';
import type { Queryable } from '../postgres/connection.ts';

/** Inserts the stores the database lacks; existing ones belong to people and are left as they are. */
export async function ensureUbicaciones(client: Queryable, tiendas: readonly Tienda[]): Promise<void> {
  await client.query(
    `INSERT INTO ubicaciones (id, nombre, codigo_klk, tipo)
     SELECT id, nombre, codigo_klk, tipo
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t (id, nombre, codigo_klk, tipo)
      ORDER BY id
     ON CONFLICT (id) DO NOTHING`,
    [
      tiendas.map(({ id }) => id),
      tiendas.map(({ nombre }) => nombre),
      tiendas.map(({ sucursalKlk }) => sucursalKlk),
      tiendas.map(({ tipo }) => tipo),
    ],
  );
}
