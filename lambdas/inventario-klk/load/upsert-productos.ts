import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

export interface ProductoCounts {
  readonly nuevos: number;
  readonly actualizados: number;
}

/**
 * Inserts new products and updates changed ones, in code order; unchanged rows are not touched, not even locked, so that two loads over
 * shared products do not wait for each other. A snapshot older than one that another run has loaded, of whatever warehouse, only inserts:
 * what it says of known products is out of date. A mark in the future is a clock's error and stops nobody.
 */
export async function upsertProductos(
  client: Queryable,
  { productos, extraccion, ejecucionId }: Snapshot,
): Promise<ProductoCounts> {
  // Most warehouses carry what an earlier one of the run has set.
  if (productos.length === 0) return { nuevos: 0, actualizados: 0 };
  const { rows } = await client.query<ProductoCounts>(
    `WITH entrada AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
         AS e (codigo, codigo_barras, nombre, descripcion, categoria, categoria_codigo, grupo_articulo, subgrupo, marca)
     ), superado AS (
       SELECT FROM almacenes a
        CROSS JOIN LATERAL (
             SELECT extraccion, ejecucion_id FROM almacen_snapshots
              WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s
        WHERE s.extraccion > $10::timestamptz AND s.extraccion <= clock_timestamp() AND s.ejecucion_id <> $11::uuid
     ), escritos AS (
       INSERT INTO productos AS destino
              (id, codigo, codigo_barras, nombre, descripcion, categoria, categoria_codigo, grupo_articulo, subgrupo, marca)
       SELECT e.codigo, e.*
         FROM entrada e LEFT JOIN productos p ON p.id = e.codigo
        WHERE p.id IS NULL
           OR (NOT EXISTS (SELECT FROM superado)
               AND (p.codigo_barras, p.nombre, p.descripcion, p.categoria, p.categoria_codigo, p.grupo_articulo, p.subgrupo, p.marca)
                   IS DISTINCT FROM
                   (e.codigo_barras, e.nombre, e.descripcion, e.categoria, e.categoria_codigo, e.grupo_articulo, e.subgrupo, e.marca))
        ORDER BY e.codigo COLLATE "C"
       ON CONFLICT (id) DO UPDATE
          SET codigo_barras = excluded.codigo_barras, nombre = excluded.nombre, descripcion = excluded.descripcion,
              categoria = excluded.categoria, categoria_codigo = excluded.categoria_codigo,
              grupo_articulo = excluded.grupo_articulo, subgrupo = excluded.subgrupo, marca = excluded.marca,
              fecha_actualizacion = now()
        -- Another process may have written the same since this statement began.
        WHERE (destino.codigo_barras, destino.nombre, destino.descripcion, destino.categoria, destino.categoria_codigo,
               destino.grupo_articulo, destino.subgrupo, destino.marca)
              IS DISTINCT FROM
              (excluded.codigo_barras, excluded.nombre, excluded.descripcion, excluded.categoria, excluded.categoria_codigo,
               excluded.grupo_articulo, excluded.subgrupo, excluded.marca)
       RETURNING destino.xmax = 0 AS nuevo
     )
     SELECT count(*) FILTER (WHERE nuevo)::integer AS nuevos,
            count(*) FILTER (WHERE NOT nuevo)::integer AS actualizados
       FROM escritos`,
    [
      productos.map(({ codigo }) => codigo),
      productos.map(({ codigo_barras }) => codigo_barras),
      productos.map(({ nombre }) => nombre),
      productos.map(({ descripcion }) => descripcion),
      productos.map(({ categoria }) => categoria),
      productos.map(({ categoria_codigo }) => categoria_codigo),
      productos.map(({ grupo_articulo }) => grupo_articulo),
      productos.map(({ subgrupo }) => subgrupo),
      productos.map(({ marca }) => marca),
      extraccion,
      ejecucionId,
    ],
  );
  return rows[0] ?? { nuevos: 0, actualizados: 0 };
}
