-- What dashboards read as the inventory of now. An article was last confirmed by the warehouse's last accepted snapshot, unless its row was refused since.
CREATE VIEW inventario_actual AS
  SELECT a.ubicacion_id, i.almacen_codigo, i.producto_id, i.cantidad, i.precio_venta, i.iva,
         coalesce(u.confirmado, s.extraccion) AS fecha_actualizacion, i.vigente_desde
    FROM almacenes a
   CROSS JOIN LATERAL (
         SELECT extraccion FROM almacen_snapshots WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s
    JOIN inventario_vigente i ON i.almacen_codigo = a.codigo
    LEFT JOIN inventario_sin_confirmar u
      ON u.almacen_codigo = i.almacen_codigo AND u.producto_id = i.producto_id AND u.reconfirmado IS NULL;

-- Every replaced snapshot, whole, as if it had been archived: one row per article that it confirmed, until the snapshot that replaced the row. The
-- versions of a day are read once for all its snapshots: DISTINCT keeps their subquery apart, so that its rows can be kept (Memoize), and still lets a
-- condition on the article into it. A snapshot that did not confirm an article lies between the ends of one of its ranges in sin_confirmar.
CREATE VIEW inventario_historico AS
  SELECT s.ubicacion_id, s.almacen_codigo, v.producto_id, v.cantidad, v.precio_venta, v.iva, s.extraccion AS fecha_snapshot,
         CASE WHEN v.sin_confirmar IS NULL THEN r.hasta
              ELSE coalesce((SELECT upper(u) FROM unnest(v.sin_confirmar) AS u WHERE lower(u) = r.desde), r.hasta)
          END AS fecha_reemplazo
    FROM almacen_snapshots s
   CROSS JOIN LATERAL (
         SELECT s.extraccion AS desde, extraccion AS hasta FROM almacen_snapshots
          WHERE almacen_codigo = s.almacen_codigo AND extraccion > s.extraccion ORDER BY extraccion LIMIT 1) AS r
   CROSS JOIN LATERAL (
         SELECT DISTINCT d.producto_id, d.cantidad, d.precio_venta, d.iva, d.vigente_desde, d.vigente_hasta, u.sin_confirmar
           FROM (SELECT v.producto_id, v.cantidad, v.precio_venta, v.iva, v.vigente_desde, v.vigente_hasta
                   FROM casillas_de(s.dia, s.dia + interval '24 hours') AS c
                   JOIN inventario_versiones v
                     ON v.almacen_codigo = s.almacen_codigo AND v.casilla = ANY (c.casillas)
                    AND v.vigente_hasta > s.dia AND v.vigente_hasta < c.fin AND v.vigente_desde < s.dia + interval '24 hours'
                 UNION ALL
                 SELECT producto_id, cantidad, precio_venta, iva, vigente_desde, 'infinity' FROM inventario_vigente
                  WHERE almacen_codigo = s.almacen_codigo AND vigente_desde < s.dia + interval '24 hours') AS d
           LEFT JOIN (
                 SELECT producto_id, range_agg(tstzrange(confirmado, coalesce(reconfirmado, 'infinity'), '()')) AS sin_confirmar
                   FROM inventario_sin_confirmar
                  WHERE almacen_codigo = s.almacen_codigo
                    AND confirmado < s.dia + interval '24 hours' AND coalesce(reconfirmado, 'infinity') > s.dia
                  GROUP BY producto_id) AS u USING (producto_id)) AS v
   WHERE v.vigente_desde <= r.desde AND r.desde < v.vigente_hasta
     AND (v.sin_confirmar IS NULL
          OR NOT r.desde <@ v.sin_confirmar
             AND NOT EXISTS (SELECT FROM unnest(v.sin_confirmar) AS u WHERE lower(u) = r.desde AND upper(u) = 'infinity'));

-- The whole inventory of every warehouse as it was accepted at a moment.
CREATE FUNCTION inventario_en(momento timestamptz)
RETURNS TABLE (ubicacion_id text, almacen_codigo text, producto_id text, cantidad numeric, precio_venta numeric, iva numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT s.ubicacion_id, a.codigo, v.producto_id, v.cantidad, v.precio_venta, v.iva
    FROM almacenes a
   CROSS JOIN LATERAL (
         SELECT s.ubicacion_id FROM almacen_snapshots s
          WHERE s.almacen_codigo = a.codigo AND s.extraccion <= momento ORDER BY s.extraccion DESC LIMIT 1) AS s
   CROSS JOIN LATERAL (
         SELECT v.producto_id, v.cantidad, v.precio_venta, v.iva
           FROM casillas_de(momento, momento) AS c
           JOIN inventario_versiones v
             ON v.almacen_codigo = a.codigo AND v.casilla = ANY (c.casillas)
            AND v.vigente_hasta > momento AND v.vigente_hasta < c.fin AND v.vigente_desde <= momento
         UNION ALL
         SELECT i.producto_id, i.cantidad, i.precio_venta, i.iva
           FROM inventario_vigente i
          WHERE i.almacen_codigo = a.codigo AND i.vigente_desde <= momento) AS v;
END;

-- The closed versions of one article in one warehouse that were in force at some time in a period. Those that ended in it are looked up month by month,
-- each in its own partition; the one that ended later, class by class. In PL/pgSQL, which keeps the plan: over years of partitions planning takes longer than
-- the answer.
CREATE FUNCTION versiones_de(almacen text, producto text, desde timestamptz, hasta timestamptz)
RETURNS SETOF inventario_versiones
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
DECLARE
  tramo record;
BEGIN
  FOR tramo IN
    SELECT 0 AS clase, ARRAY(SELECT unnest(c.casillas) FROM public.casillas_de(m.inicio, m.fin) AS c) AS casillas, m.inicio, m.fin
      FROM (SELECT greatest(mes, desde) AS inicio, least(date_add(mes, interval '1 month', 'UTC'), hasta) AS fin
              FROM generate_series(date_trunc('month', desde, 'UTC'), hasta, interval '1 month', 'UTC') AS mes) AS m
    UNION ALL
    SELECT c.clase, c.casillas, hasta, c.fin FROM public.casillas_de(hasta, hasta) WITH ORDINALITY AS c (casillas, fin, clase)
     ORDER BY clase, inicio
  LOOP
    RETURN QUERY
      SELECT v.* FROM public.inventario_versiones v
       WHERE v.almacen_codigo = almacen AND v.casilla = ANY (tramo.casillas) AND v.producto_id = producto
         AND v.vigente_hasta > tramo.inicio AND v.vigente_hasta <= tramo.fin AND v.vigente_desde < hasta;
    -- One version of an article at most is in force at the end of the period.
    EXIT WHEN tramo.clase > 0 AND FOUND;
  END LOOP;
END
$$;

-- The versions of one article that snapshots of one store held at some time in a period, oldest first; one in force ends at infinity. A period may be open:
-- only what lies between the warehouse's first and last snapshot is looked up. Few warehouses ever move to another store, so a version's own snapshots are
-- looked up only for those. OFFSET 0 keeps the planner from joining with every snapshot instead of looking one up.
CREATE FUNCTION historial_producto(tienda text, producto text, desde timestamptz, hasta timestamptz)
RETURNS TABLE (almacen_codigo text, cantidad numeric, precio_venta numeric, iva numeric, fecha_snapshot timestamptz, fecha_reemplazo timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT a.codigo::text, v.cantidad::numeric, v.precio_venta::numeric, v.iva::numeric, v.vigente_desde, v.vigente_hasta
      FROM public.almacenes a
     CROSS JOIN LATERAL (
           SELECT greatest($3, min(extraccion)) AS primera, least($4, max(extraccion)) AS ultima,
                  min(ubicacion_id) = $1 AND max(ubicacion_id) = $1 AS siempre
             FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo) AS s
     CROSS JOIN LATERAL (
           SELECT cantidad, precio_venta, iva, vigente_desde, vigente_hasta FROM public.versiones_de(a.codigo, $2, s.primera, s.ultima)
           UNION ALL
           SELECT cantidad, precio_venta, iva, vigente_desde, 'infinity' FROM public.inventario_vigente
            WHERE almacen_codigo = a.codigo AND producto_id = $2 AND vigente_desde < $4) AS v
     WHERE $3 < $4
       AND EXISTS (SELECT FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo AND ubicacion_id = $1 OFFSET 0)
       AND (s.siempre OR EXISTS (
                   SELECT FROM public.almacen_snapshots
                    WHERE almacen_codigo = a.codigo AND ubicacion_id = $1
                      AND extraccion >= v.vigente_desde AND extraccion < v.vigente_hasta OFFSET 0))
     ORDER BY v.vigente_desde, a.codigo;
END
$$;

-- Prices that changed in a period, oldest first. An article that comes back after it was gone has no old price.
CREATE FUNCTION precios_cambiados(desde timestamptz, hasta timestamptz)
RETURNS TABLE (ubicacion_id text, almacen_codigo text, producto_id text, precio_anterior numeric, precio_nuevo numeric, fecha timestamptz)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT v.ubicacion_id, v.almacen_codigo, v.producto_id, v.precio_venta, v.precio_siguiente, v.vigente_hasta
    FROM inventario_versiones v
   WHERE v.cambia_precio AND v.vigente_hasta >= desde AND v.vigente_hasta < hasta
   ORDER BY v.vigente_hasta, v.almacen_codigo, v.producto_id;
END;
