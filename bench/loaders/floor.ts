import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import { copyRows } from './copy-rows.ts';
import { fetchArticulos, orNull } from './fetch-articulos.ts';
import type { Almacenado } from './fetch-articulos.ts';
import type { Task } from './loader.ts';

/**
 * As little as the same final tables can cost: every answer goes into a staging table by COPY while others are on their way, then
 * one statement per table takes all warehouses at once. No check, no guard, no verification, nothing kept per warehouse: one
 * bad answer fails all stores. That is why it is a measure and not a design.
 */
export async function loadFloor({ klkUrl, database, tiendas }: Task): Promise<number> {
  const client = new Client({ ...toClientConfig(database), options: '-c enable_nestloop=off -c jit=off' });
  await client.connect();
  const ahora = new Date();
  try {
    await client.query(STAGING);
    let copying = Promise.resolve();
    await fetchArticulos(
      klkUrl,
      tiendas,
      (answer) => (copying = copying.then(() => copyAnswer(client, answer))),
    );
    await client.query('ANALYZE llegadas');
    await client.query('BEGIN');
    await client.query(UBICACIONES, [
      tiendas.map(({ id }) => id),
      tiendas.map(({ nombre }) => nombre),
      tiendas.map(({ sucursalKlk }) => sucursalKlk),
    ]);
    for (const statement of [ALMACENES, PRODUCTOS]) await client.query(statement);
    await client.query(HISTORICO, [ahora]);
    await client.query(RETIRADOS);
    const { rowCount } = await client.query(INVENTARIO, [ahora]);
    await client.query(MARCAS, [ahora]);
    await client.query('COMMIT');
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

const copyAnswer = (client: Client, { tienda, almacen, articulos }: Almacenado): Promise<void> =>
  copyRows(
    client,
    'COPY llegadas FROM STDIN',
    articulos.map((articulo) => [
      tienda.id,
      almacen,
      articulo.Codigo,
      orNull(articulo.Barra),
      articulo.NombreProducto,
      orNull(articulo.Descripcion) ?? 'SIN CATEGORIA',
      orNull(articulo.Categoria),
      orNull(articulo.Descripcion_categoria),
      orNull(articulo.Subcategoria),
      orNull(articulo.Marca),
      articulo.stock,
      articulo.Precio,
      articulo.Iva,
    ]),
  );

const STAGING = `
  CREATE TEMPORARY TABLE llegadas (
    ubicacion_id text COLLATE "C", almacen_codigo text COLLATE "C", codigo text COLLATE "C", codigo_barras text, nombre text,
    categoria text, categoria_codigo text, grupo_articulo text, subgrupo text, marca text, cantidad numeric, precio numeric, iva numeric
  )`;

const UBICACIONES = `
  INSERT INTO ubicaciones (id, nombre, codigo_klk)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT (id) DO NOTHING`;

const ALMACENES = `
  INSERT INTO almacenes (codigo, nombre, ubicacion_id)
  SELECT DISTINCT almacen_codigo, almacen_codigo, ubicacion_id FROM llegadas ON CONFLICT (codigo) DO NOTHING`;

const PRODUCTOS = `
  INSERT INTO productos (id, codigo, codigo_barras, nombre, descripcion, categoria, categoria_codigo, grupo_articulo, subgrupo, marca)
  SELECT DISTINCT ON (e.codigo)
         e.codigo, e.codigo, e.codigo_barras, e.nombre, e.nombre, e.categoria, e.categoria_codigo, e.grupo_articulo, e.subgrupo, e.marca
    FROM llegadas e LEFT JOIN productos p ON p.id = e.codigo
   WHERE p.id IS NULL
      OR (p.codigo_barras, p.nombre, p.categoria, p.categoria_codigo, p.grupo_articulo, p.subgrupo, p.marca) IS DISTINCT FROM
         (e.codigo_barras, e.nombre, e.categoria, e.categoria_codigo, e.grupo_articulo, e.subgrupo, e.marca)
   ORDER BY e.codigo, e.almacen_codigo
  ON CONFLICT (id) DO UPDATE
     SET codigo_barras = excluded.codigo_barras, nombre = excluded.nombre, descripcion = excluded.descripcion,
         categoria = excluded.categoria, categoria_codigo = excluded.categoria_codigo, grupo_articulo = excluded.grupo_articulo,
         subgrupo = excluded.subgrupo, marca = excluded.marca, fecha_actualizacion = now()`;

const HISTORICO = `
  INSERT INTO inventario_historico (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
  SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, $1 FROM inventario_actual`;

const RETIRADOS = `
  DELETE FROM inventario_actual i
   WHERE NOT EXISTS (SELECT FROM llegadas l WHERE l.almacen_codigo = i.almacen_codigo AND l.codigo = i.producto_id)`;

const INVENTARIO = `
  INSERT INTO inventario_actual
         (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, fecha_actualizacion, vigente_desde)
  SELECT ubicacion_id, almacen_codigo, codigo, cantidad, precio, iva, $1, $1 FROM llegadas
  ON CONFLICT (ubicacion_id, almacen_codigo, producto_id) DO UPDATE
     SET cantidad = excluded.cantidad, precio_venta = excluded.precio_venta, iva = excluded.iva,
         fecha_actualizacion = excluded.fecha_actualizacion, vigente_desde = excluded.vigente_desde`;

const MARCAS = `
  UPDATE almacenes a SET ultima_extraccion = $1, ultimos_articulos = l.articulos
    FROM (SELECT almacen_codigo, count(*)::integer AS articulos FROM llegadas GROUP BY 1) AS l
   WHERE l.almacen_codigo = a.codigo`;
