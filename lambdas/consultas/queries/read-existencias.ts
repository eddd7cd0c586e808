import type { Queryable } from '../../core/postgres/connection.ts';
import { toPattern } from '../search-words.ts';
import type { Lugar } from '../stock-elsewhere.ts';
import type { Articulo, Unidad } from '../schemas.ts';

/** An article in a warehouse. */
export interface Existencia extends Articulo {
  readonly tienda: string;
  readonly almacen: string;
  readonly cantidad: number;
  readonly desde: string;
  readonly precioUsd: number | null;
  readonly iva: number | null;
  readonly ventas7: number;
  readonly ventas28: number;
  readonly unidad: Unidad;
  readonly diasCobertura: number | null;
  /** All warehouses with stock of it, this one included. */
  readonly lugares: readonly Lugar[];
  /** The sort key before code and warehouse: a decimal or a text, by the order asked for. */
  readonly numero: string | null;
  readonly texto: string | null;
}

/** The sort key of a row. */
export type ClaveExistencia = Pick<Existencia, 'numero' | 'texto' | 'codigo' | 'almacen'>;

/** Which rows, and in which order. */
export interface ExistenciasFilter {
  readonly hoy: string;
  readonly tiendas: readonly string[];
  /** Words that must all be in the name, the code or the barcode. */
  readonly words: readonly string[];
  readonly estado: string | undefined;
  readonly categoria: string | undefined;
  readonly marca: string | undefined;
  readonly orden: string;
  readonly after: ClaveExistencia | undefined;
  readonly limit: number;
}

/** A page of the stock; `limit` rows at most. */
export async function readExistencias(
  client: Queryable,
  { hoy, tiendas, words, estado, categoria, marca, orden, after, limit }: ExistenciasFilter,
): Promise<readonly Existencia[]> {
  const { rows } = await client.query<Existencia>({
    name: 'existencias',
    text: `SELECT tienda, almacen, codigo, nombre, categoria_articulo AS categoria, marca_articulo AS marca, round(cantidad, 3)::float8 AS cantidad,
            consultas.iso(desde) AS desde, round(precio, 2)::float8 AS "precioUsd", round(iva, 2)::float8 AS iva,
            round(ventas_7, 3)::float8 AS ventas7, round(ventas_28, 3)::float8 AS ventas28, unidad, dias_cobertura::float8 AS "diasCobertura", lugares,
            numero::text, texto
       FROM consultas.existencias($1::date, $2::text[], $3::text[], $4::text, $5::text, $6::text, $7::text, $8::numeric, $9::text, $10::text, $11::text, $12::integer)`,
    values: [
      hoy,
      tiendas,
      words.map(toPattern),
      estado,
      categoria,
      marca,
      orden,
      after?.numero,
      after?.texto,
      after?.codigo,
      after?.almacen,
      limit,
    ],
  });
  return rows;
}
