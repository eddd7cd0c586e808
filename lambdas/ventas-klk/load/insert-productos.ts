import type { Queryable } from '../../core/postgres/connection.ts';
import type { ProductoVentaRow } from '../transform/rows.ts';

/** The columns of `productos` that a line fills besides the code. A new one needs its place here and in `ProductoVentaRow`. */
const ATRIBUTOS = {
  codigo_barras: null,
  nombre: null,
  descripcion: null,
  categoria: null,
  grupo_articulo: null,
  subgrupo: null,
  marca: null,
  modelo: null,
} as const satisfies Record<Exclude<keyof ProductoVentaRow, 'codigo'>, null>;

const isColumna = (name: string): name is keyof ProductoVentaRow => name === 'codigo' || name in ATRIBUTOS;
const COLUMNAS = ['codigo', ...Object.keys(ATRIBUTOS)].filter(isColumna);

/** Inserts the products that the database lacks, in code order; existing ones are the inventory's and are left as they are. */
export async function insertProductos(
  client: Queryable,
  productos: readonly ProductoVentaRow[],
): Promise<void> {
  // The usual case: earlier slices of the run have inserted all of them.
  if (productos.length === 0) return;
  await client.query(
    `INSERT INTO productos (id, ${COLUMNAS.join(', ')})
     SELECT e.codigo, e.*
       FROM unnest(${COLUMNAS.map((_columna, index) => `$${index + 1}::text[]`).join(', ')}) AS e (${COLUMNAS.join(', ')})
      WHERE NOT EXISTS (SELECT FROM productos WHERE id = e.codigo)
      ORDER BY e.codigo COLLATE "C"
     ON CONFLICT (id) DO NOTHING`,
    COLUMNAS.map((columna) => productos.map((producto) => producto[columna])),
  );
}
