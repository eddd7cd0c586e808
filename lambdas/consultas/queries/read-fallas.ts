import type { Queryable } from '../../core/postgres/connection.ts';

/** What is failing in a store, since when. */
export interface Falla {
  readonly tienda: string;
  readonly flujo: 'inventario' | 'ventas';
  readonly codigo: string;
  readonly mensaje: string;
  readonly desde: string;
}

/** What is failing in these stores, the oldest first. */
export async function readFallas(client: Queryable, tiendas: readonly string[]): Promise<readonly Falla[]> {
  const { rows } = await client.query<Falla>(
    `SELECT tienda::text, flujo, codigo, mensaje, consultas.iso(desde) AS desde
       FROM consultas.fallas WHERE tienda = ANY ($1::text[])
      ORDER BY fallas.desde, tienda, flujo, codigo, mensaje`,
    [tiendas],
  );
  return rows;
}
