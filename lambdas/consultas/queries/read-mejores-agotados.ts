import type { Queryable } from '../../core/postgres/connection.ts';
import type { Articulo } from '../schemas.ts';

/** A best seller that a store does not have. */
export interface MejorAgotado extends Articulo {
  readonly tienda: string;
  readonly ventas28Usd: number;
  readonly sinExistenciaDesde: string;
  /** Whether there was some before. */
  readonly desdeConocido: boolean;
}

const MAX = 20;

/** The best sellers that these stores do not have. */
export async function readMejoresAgotados(
  client: Queryable,
  tiendas: readonly string[],
  hoy: string,
): Promise<readonly MejorAgotado[]> {
  const { rows } = await client.query<MejorAgotado>({
    name: 'mejores-sin-existencia',
    text: `
      SELECT tienda, codigo, nombre, categoria, marca, round(venta_28, 2)::float8 AS "ventas28Usd", consultas.iso(desde) AS "sinExistenciaDesde",
             conocido AS "desdeConocido"
        FROM consultas.mejores_sin_existencia($1::date, $2::text[], $3::integer)
       ORDER BY venta_28 DESC, tienda, codigo`,
    values: [hoy, tiendas, MAX],
  });
  return rows;
}
