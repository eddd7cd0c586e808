-- The inventory as it stood at a moment: the versions that held then, and the current rows that already did. Versions shorter than two
-- hours are found by when they began, longer ones by when they ended, so that neither search grows with the history. The two
-- tables of codes turn a question about one store into index look-ups; together they also know warehouses that moved.
CREATE FUNCTION inventario_en(momento timestamptz)
RETURNS TABLE (ubicacion_id text, almacen_codigo text, producto_id text, cantidad numeric)
LANGUAGE sql STABLE AS $$
  SELECT h.ubicacion_id, h.almacen_codigo, h.producto_id, h.cantidad
    FROM ubicaciones u CROSS JOIN almacenes a
    JOIN inventario_historico h ON h.ubicacion_id = u.id AND h.almacen_codigo = a.codigo
   WHERE h.fecha_snapshot > momento - interval '2 hours' AND h.fecha_snapshot <= momento
     AND h.fecha_reemplazo > momento AND h.fecha_reemplazo - h.fecha_snapshot < interval '2 hours'
  UNION ALL
  SELECT h.ubicacion_id, h.almacen_codigo, h.producto_id, h.cantidad
    FROM ubicaciones u CROSS JOIN almacenes a
    JOIN inventario_historico h ON h.ubicacion_id = u.id AND h.almacen_codigo = a.codigo
   WHERE h.fecha_reemplazo > momento AND h.fecha_snapshot <= momento
     AND h.fecha_reemplazo - h.fecha_snapshot >= interval '2 hours'
  UNION ALL
  SELECT i.ubicacion_id, i.almacen_codigo, i.producto_id, i.cantidad
    FROM inventario_actual i
   WHERE i.vigente_desde <= momento
$$;

-- The versions of one article in one store that began in a period, oldest first; the current one ends at infinity. The history has no
-- index by article: the moments at which the warehouse was loaded are walked one by one, and each is asked for the article.
CREATE FUNCTION historial_producto(tienda text, producto text, desde timestamptz, hasta timestamptz)
RETURNS TABLE (almacen_codigo text, cantidad numeric, fecha_snapshot timestamptz, fecha_reemplazo timestamptz)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE momentos AS (
    SELECT a.codigo AS almacen,
           (SELECT h.fecha_snapshot FROM inventario_historico h
             WHERE h.ubicacion_id = tienda AND h.almacen_codigo = a.codigo
               AND h.fecha_snapshot >= desde AND h.fecha_snapshot < hasta
             ORDER BY h.fecha_snapshot LIMIT 1) AS momento
      FROM almacenes a
    UNION ALL
    SELECT m.almacen,
           (SELECT h.fecha_snapshot FROM inventario_historico h
             WHERE h.ubicacion_id = tienda AND h.almacen_codigo = m.almacen
               AND h.fecha_snapshot > m.momento AND h.fecha_snapshot < hasta
             ORDER BY h.fecha_snapshot LIMIT 1)
      FROM momentos m WHERE m.momento IS NOT NULL
  )
  SELECT h.almacen_codigo, h.cantidad, h.fecha_snapshot, h.fecha_reemplazo
    FROM momentos m
    JOIN inventario_historico h
      ON h.ubicacion_id = tienda AND h.almacen_codigo = m.almacen
     AND h.fecha_snapshot = m.momento AND h.producto_id = producto
  UNION ALL
  SELECT i.almacen_codigo, i.cantidad, i.vigente_desde, 'infinity'
    FROM inventario_actual i
   WHERE i.ubicacion_id = tienda AND i.producto_id = producto AND i.vigente_desde >= desde AND i.vigente_desde < hasta
  ORDER BY 3, 1
$$;
