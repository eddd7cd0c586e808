/** The statements of a loader that copies every answer into `llegadas` and writes the difference; times are parameters. */

export const STAGING = `
  CREATE TEMPORARY TABLE llegadas (
    ubicacion_id text COLLATE "C", almacen_codigo text COLLATE "C", codigo text COLLATE "C", codigo_barras text, nombre text,
    categoria text, categoria_codigo text, grupo_articulo text, subgrupo text, marca text, cantidad numeric, precio numeric, iva numeric
  )`;

export const UBICACIONES = `
  INSERT INTO ubicaciones (id, nombre, codigo_klk)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT (id) DO NOTHING`;

export const ALMACENES = `
  INSERT INTO almacenes (codigo, nombre, ubicacion_id)
  SELECT DISTINCT almacen_codigo, almacen_codigo, ubicacion_id FROM llegadas ON CONFLICT (codigo) DO NOTHING`;

export const PRODUCTOS = `
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

/** The versions that end: of articles that changed, and of those that are gone. */
export const TERMINADAS = `
  CREATE TEMPORARY TABLE terminadas ON COMMIT DROP AS
  SELECT i.*, l.codigo IS NULL AS retirada, l.cantidad AS nueva, l.precio AS nuevo_precio, l.iva AS nueva_iva
    FROM inventario_vigente i LEFT JOIN llegadas l ON l.almacen_codigo = i.almacen_codigo AND l.codigo = i.producto_id
   WHERE (i.cantidad, i.precio_venta, i.iva) IS DISTINCT FROM (l.cantidad, l.precio, l.iva)`;

export const VERSIONES = `
  INSERT INTO inventario_versiones
         (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta, cambia_precio, precio_siguiente)
  SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, $1,
         NOT retirada AND precio_venta IS DISTINCT FROM nuevo_precio, nuevo_precio
    FROM terminadas`;

export const RETIRADAS = `
  DELETE FROM inventario_vigente i USING terminadas t
   WHERE t.retirada AND t.almacen_codigo = i.almacen_codigo AND t.producto_id = i.producto_id`;

export const CAMBIADAS = `
  UPDATE inventario_vigente i SET cantidad = t.nueva, precio_venta = t.nuevo_precio, iva = t.nueva_iva, vigente_desde = $1
    FROM terminadas t
   WHERE NOT t.retirada AND t.almacen_codigo = i.almacen_codigo AND t.producto_id = i.producto_id`;

export const NUEVAS = `
  INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde)
  SELECT l.ubicacion_id, l.almacen_codigo, l.codigo, l.cantidad, l.precio, l.iva, $1
    FROM llegadas l
   WHERE NOT EXISTS (SELECT FROM inventario_vigente i WHERE i.almacen_codigo = l.almacen_codigo AND i.producto_id = l.codigo)`;

export const SNAPSHOTS = `
  INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
  SELECT almacen_codigo, $1, min(ubicacion_id), gen_random_uuid(), count(*), sum(cantidad) FROM llegadas GROUP BY almacen_codigo`;
