import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import { fetchArticulos, orNull } from './fetch-articulos.ts';
import type { Fetched } from './fetch-articulos.ts';
import type { Task } from './loader.ts';

/**
 * The predecessor's way: a loop over the rows, two statements for each, one transaction for each warehouse. In its favour, archiving and
 * clearing a warehouse take one statement each.
 */
export async function loadRowByRow({ klkUrl, database, tiendas }: Task): Promise<number> {
  const client = new Client(toClientConfig(database));
  await client.connect();
  let rows = 0;
  let loading = Promise.resolve();
  try {
    await fetchArticulos(klkUrl, tiendas, (answer) => {
      loading = loading.then(async () => {
        rows += await loadAlmacen(client, answer);
      });
      return loading;
    });
    return rows;
  } finally {
    await client.end();
  }
}

async function loadAlmacen(client: Client, { tienda, almacen, articulos }: Fetched): Promise<number> {
  const ahora = new Date();
  await client.query('BEGIN');
  await client.query(
    'INSERT INTO ubicaciones (id, nombre, codigo_klk) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
    [tienda.id, tienda.nombre, tienda.sucursalKlk],
  );
  await client.query(
    'INSERT INTO almacenes (codigo, nombre, ubicacion_id) VALUES ($1::text, $1::text, $2) ON CONFLICT (codigo) DO NOTHING',
    [almacen, tienda.id],
  );
  await client.query(
    `INSERT INTO inventario_versiones
            (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta, cambia_precio)
     SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, $2, false
       FROM inventario_vigente WHERE almacen_codigo = $1`,
    [almacen, ahora],
  );
  await client.query('DELETE FROM inventario_vigente WHERE almacen_codigo = $1', [almacen]);
  for (const articulo of articulos) {
    await client.query(
      `INSERT INTO productos (id, codigo, codigo_barras, nombre, descripcion, categoria, categoria_codigo, grupo_articulo, subgrupo, marca)
       VALUES ($1::text, $1::text, $2, $3::text, $3::text, $4, $5, $6, $7, $8)
       ON CONFLICT (id) DO UPDATE
          SET codigo_barras = excluded.codigo_barras, nombre = excluded.nombre, descripcion = excluded.descripcion,
              categoria = excluded.categoria, categoria_codigo = excluded.categoria_codigo,
              grupo_articulo = excluded.grupo_articulo, subgrupo = excluded.subgrupo, marca = excluded.marca,
              fecha_actualizacion = now()`,
      [
        articulo.Codigo,
        orNull(articulo.Barra),
        articulo.NombreProducto,
        orNull(articulo.Descripcion) ?? 'SIN CATEGORIA',
        orNull(articulo.Categoria),
        orNull(articulo.Descripcion_categoria),
        orNull(articulo.Subcategoria),
        orNull(articulo.Marca),
      ],
    );
    await client.query(
      `INSERT INTO inventario_vigente
              (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tienda.id, almacen, articulo.Codigo, articulo.stock, articulo.Precio, articulo.Iva, ahora],
    );
  }
  await client.query(
    `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     VALUES ($1, $2, $3, gen_random_uuid(), $4, 0)`,
    [almacen, ahora, tienda.id, articulos.length],
  );
  await client.query('COMMIT');
  return articulos.length;
}
