import type { ProductoRow } from '../transform/parse-articulo.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import type { Snapshot } from './replace-inventario.ts';

export interface ProductoCounts {
  readonly nuevos: number;
  readonly actualizados: number;
}

/** The columns that KLK fills, with their types. `ProductoRow` has the same, else this does not compile. */
const TIPOS = {
  codigo: 'text',
  codigo_barras: 'text',
  nombre: 'text',
  descripcion: 'text',
  categoria: 'text',
  categoria_codigo: 'text',
  grupo_articulo: 'text',
  subgrupo: 'text',
  marca: 'text',
} as const satisfies Readonly<Record<keyof ProductoRow, string>>;

const isColumna = (columna: string): columna is keyof ProductoRow => columna in TIPOS;
const COLUMNAS = Object.keys(TIPOS).filter(isColumna);
const ATRIBUTOS = COLUMNAS.filter((columna) => columna !== 'codigo');

const attributesOf = (row: string): string =>
  `(${ATRIBUTOS.map((columna) => `${row}.${columna}`).join(', ')})`;

/**
 * `xmax` is 0 in an inserted row. In an updated one it is the statement's own transaction, because ON CONFLICT DO UPDATE locks the old
 * version first.
 */
const UPSERT = `
  WITH entrada AS (
    SELECT * FROM unnest(${COLUMNAS.map((columna, index) => `$${index + 3}::${TIPOS[columna]}[]`).join(', ')}) AS e (${COLUMNAS.join(', ')})
  ), superado AS (
    SELECT FROM almacenes a
     CROSS JOIN LATERAL (
          SELECT extraccion, ejecucion_id FROM almacen_snapshots
           WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s
     WHERE s.extraccion > $1::timestamptz AND s.extraccion <= clock_timestamp() AND s.ejecucion_id <> $2::uuid
  ), escritos AS (
    INSERT INTO productos AS destino (id, ${COLUMNAS.join(', ')})
    SELECT e.codigo, e.*
      FROM entrada e LEFT JOIN productos p ON p.id = e.codigo
     WHERE p.id IS NULL
        OR (NOT EXISTS (SELECT FROM superado) AND ${attributesOf('p')} IS DISTINCT FROM ${attributesOf('e')})
     ORDER BY e.codigo COLLATE "C"
    ON CONFLICT (id) DO UPDATE
       SET ${ATRIBUTOS.map((columna) => `${columna} = excluded.${columna}`).join(', ')}, fecha_actualizacion = now()
     -- Another process may have written the same since this statement began.
     WHERE ${attributesOf('destino')} IS DISTINCT FROM ${attributesOf('excluded')}
    RETURNING destino.xmax = 0 AS nuevo
  )
  SELECT count(*) FILTER (WHERE nuevo)::integer AS nuevos,
         count(*) FILTER (WHERE NOT nuevo)::integer AS actualizados
    FROM escritos`;

/**
 * Inserts new products and updates changed ones, in code order. Unchanged rows are not even locked, so that two loads of shared products
 * do not wait for each other. A snapshot that is older than one of another run, of any warehouse, only inserts: its attributes are out of
 * date. A snapshot in the future is an error of the clock and does not count.
 */
export async function upsertProductos(
  client: Queryable,
  { productos, extraccion, ejecucionId }: Snapshot,
): Promise<ProductoCounts> {
  // The usual case: an earlier warehouse of the run has set all of them.
  if (productos.length === 0) return { nuevos: 0, actualizados: 0 };
  const { rows } = await client.query<ProductoCounts>(UPSERT, [
    extraccion,
    ejecucionId,
    ...COLUMNAS.map((columna) => productos.map((producto) => producto[columna])),
  ]);
  return rows[0] ?? { nuevos: 0, actualizados: 0 };
}
