import type { Queryable } from '../../core/postgres/connection.ts';
import type { Articulo } from '../schemas.ts';

/** A stock below zero, and the line that was sold last before it was. */
export interface Negativa {
  readonly tienda: string;
  readonly almacen: string;
  readonly articulo: Articulo;
  readonly cantidad: number;
  readonly desde: string;
  readonly factura: { readonly numero: string; readonly momento: string; readonly cantidad: number } | null;
}

const MAX_NEGATIVAS = 100;

/** The stocks below zero that are worth most. */
export async function readNegativas(
  client: Queryable,
  tiendas: readonly string[],
): Promise<readonly Negativa[]> {
  const { rows } = await client.query<Negativa>(
    `SELECT n.tienda, n.almacen, jsonb_build_object('codigo', a.codigo, 'nombre', a.nombre, 'categoria', a.categoria, 'marca', a.marca) AS articulo, round(n.cantidad, 3)::float8 AS cantidad, consultas.iso(n.desde) AS desde,
            CASE WHEN n.numero IS NOT NULL
                 THEN jsonb_build_object('numero', n.numero, 'momento', consultas.iso(n.momento), 'cantidad', round(n.vendida, 3)) END AS factura
       FROM consultas.negativas_de($1::text[], $2::integer) WITH ORDINALITY AS n
       JOIN consultas.articulos a ON a.codigo = n.articulo
      ORDER BY n.ordinality`,
    [tiendas, MAX_NEGATIVAS],
  );
  return rows;
}
