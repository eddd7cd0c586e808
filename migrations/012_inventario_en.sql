-- The inventory as it stood at a moment: the versions that held then, and the current rows that already did. Versions shorter than two
-- hours are found by when they began, in four loads at most; longer ones by when they ended, among those that began earlier in the same
-- partition. Every pair of a store and a warehouse is looked up in the indexes by itself, so that the history of a warehouse stays
-- with the store it belonged to; without OFFSET 0 the planner would turn the search round and read a month of all stores.
-- The body is bound to its tables and operators when it is created (BEGIN ATOMIC): no search path of a caller leads it elsewhere.
CREATE FUNCTION inventario_en(momento timestamptz)
RETURNS TABLE (ubicacion_id text, almacen_codigo text, producto_id text, cantidad numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT u.id, a.codigo, cortas.producto_id, cortas.cantidad
    FROM ubicaciones u CROSS JOIN almacenes a
   CROSS JOIN LATERAL (
     SELECT h.producto_id, h.cantidad FROM inventario_historico h
      WHERE h.ubicacion_id = u.id AND h.almacen_codigo = a.codigo
        AND h.fecha_snapshot > momento - interval '2 hours' AND h.fecha_snapshot <= momento
        AND h.fecha_reemplazo > momento AND h.fecha_reemplazo - h.fecha_snapshot < interval '2 hours'
     OFFSET 0) AS cortas
  UNION ALL
  SELECT u.id, a.codigo, largas.producto_id, largas.cantidad
    FROM ubicaciones u CROSS JOIN almacenes a
   CROSS JOIN LATERAL (
     SELECT h.producto_id, h.cantidad FROM inventario_historico h
      WHERE h.ubicacion_id = u.id AND h.almacen_codigo = a.codigo
        AND h.fecha_reemplazo > momento AND h.fecha_snapshot <= momento
        AND h.fecha_reemplazo - h.fecha_snapshot >= interval '2 hours'
     OFFSET 0) AS largas
  UNION ALL
  SELECT i.ubicacion_id, i.almacen_codigo, i.producto_id, i.cantidad
    FROM inventario_actual i
   WHERE i.vigente_desde <= momento;
END;

-- The versions of one article in one store that held at some time in a period, oldest first; the current one ends at infinity. The
-- history has no index by article, but a version ends at the moment at which the next begins: from one to the next is one look-up.
-- Where that chain begins, or broke because the article was gone, the moments at which the warehouse was loaded are tried one by one.
CREATE FUNCTION historial_producto(tienda text, producto text, desde timestamptz, hasta timestamptz)
RETURNS TABLE (almacen_codigo text, cantidad numeric, fecha_snapshot timestamptz, fecha_reemplazo timestamptz)
LANGUAGE sql STABLE BEGIN ATOMIC
  WITH RECURSIVE actuales AS (
    SELECT a.codigo AS almacen, i.cantidad, i.vigente_desde, least(hasta, i.vigente_desde) AS limite
      FROM almacenes a
      LEFT JOIN inventario_actual i
        ON i.ubicacion_id = tienda AND i.almacen_codigo = a.codigo AND i.producto_id = producto
     WHERE desde < hasta
  ), cadena AS (
    SELECT almacen, limite, desde - interval '1 microsecond' AS momento, NULL::numeric AS cantidad, NULL::timestamptz AS reemplazo
      FROM actuales
    UNION ALL
    SELECT c.almacen, c.limite, siguiente.momento, version.cantidad, version.fecha_reemplazo
      FROM cadena c
     CROSS JOIN LATERAL (
       SELECT coalesce(c.reemplazo,
                       (SELECT h.fecha_snapshot FROM inventario_historico h
                         WHERE h.ubicacion_id = tienda AND h.almacen_codigo = c.almacen
                           AND h.fecha_snapshot > c.momento AND h.fecha_snapshot < c.limite
                         ORDER BY h.fecha_snapshot LIMIT 1)) AS momento
       OFFSET 0) AS siguiente
      LEFT JOIN LATERAL (
       SELECT h.cantidad, h.fecha_reemplazo FROM inventario_historico h
        WHERE h.ubicacion_id = tienda AND h.almacen_codigo = c.almacen
          AND h.fecha_snapshot = siguiente.momento AND h.producto_id = producto
       OFFSET 0) AS version ON true
     WHERE siguiente.momento < c.limite
  )
  SELECT almacen, cantidad, momento, reemplazo FROM cadena WHERE reemplazo IS NOT NULL
  UNION ALL
  SELECT a.almacen, cortas.cantidad, cortas.fecha_snapshot, cortas.fecha_reemplazo
    FROM actuales a
   CROSS JOIN LATERAL (
     SELECT h.cantidad, h.fecha_snapshot, h.fecha_reemplazo FROM inventario_historico h
      WHERE h.ubicacion_id = tienda AND h.almacen_codigo = a.almacen AND h.producto_id = producto
        AND h.fecha_snapshot > desde - interval '2 hours' AND h.fecha_snapshot < desde
        AND h.fecha_reemplazo > desde AND h.fecha_reemplazo - h.fecha_snapshot < interval '2 hours'
     OFFSET 0) AS cortas
  UNION ALL
  SELECT a.almacen, largas.cantidad, largas.fecha_snapshot, largas.fecha_reemplazo
    FROM actuales a
   CROSS JOIN LATERAL (
     SELECT h.cantidad, h.fecha_snapshot, h.fecha_reemplazo FROM inventario_historico h
      WHERE h.ubicacion_id = tienda AND h.almacen_codigo = a.almacen AND h.producto_id = producto
        AND h.fecha_reemplazo > desde AND h.fecha_snapshot < desde
        AND h.fecha_reemplazo - h.fecha_snapshot >= interval '2 hours'
     OFFSET 0) AS largas
  UNION ALL
  SELECT almacen, cantidad, vigente_desde, 'infinity' FROM actuales WHERE vigente_desde < hasta
  ORDER BY 3, 1;
END;
