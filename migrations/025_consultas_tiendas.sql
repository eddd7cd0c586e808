-- The best sellers of a store are the first rows of an index.
CREATE INDEX ventas_recientes_venta_28_idx ON ventas_recientes (ubicacion_id, venta_28 DESC, producto_id);

-- Of the 200 articles that each of these stores sold most of, by value, in 28 days: those that none of its warehouses has, and since when; those of most value
-- first. A row is looked at in this order until there are enough. An article that the store has in no inventory is none of its articles any more. Of a store whose
-- sales of 28 days are not summed up to yesterday they are summed here.
CREATE FUNCTION consultas.mejores_agotados(hoy date, tiendas text[], maximo integer)
RETURNS TABLE (tienda text, codigo text, nombre text, categoria text, marca text, venta_28 numeric, desde timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    WITH peores AS MATERIALIZED (
      SELECT m.ubicacion_id, m.producto_id, m.venta_28
        FROM (SELECT t.ubicacion_id, v.producto_id, v.venta_28, t.almacenes
                FROM (SELECT ubicacion_id, array_agg(codigo::text) AS almacenes,
                             EXISTS (SELECT FROM public.ventas_recientes_hasta h WHERE h.ubicacion_id = a.ubicacion_id AND h.hasta = $1 - 1) AS sumada
                        FROM public.almacenes a WHERE ubicacion_id = ANY ($2) AND activo GROUP BY ubicacion_id) AS t
               CROSS JOIN LATERAL (
                     (SELECT producto_id, venta_28 FROM public.ventas_recientes
                       WHERE t.sumada AND ubicacion_id = t.ubicacion_id AND venta_28 > 0 ORDER BY venta_28 DESC, producto_id LIMIT 200)
                     UNION ALL
                     (SELECT producto, venta_28 FROM consultas.ventas_recientes(ARRAY[t.ubicacion_id::text], NULL, $1)
                       WHERE NOT t.sumada AND venta_28 > 0 ORDER BY venta_28 DESC, producto LIMIT 200)) AS v
               ORDER BY v.venta_28 DESC, t.ubicacion_id, v.producto_id) AS m
       CROSS JOIN LATERAL (
             SELECT FROM public.inventario_vigente WHERE almacen_codigo = ANY (m.almacenes) AND producto_id = m.producto_id
             HAVING max(cantidad) <= 0) AS e
       ORDER BY m.venta_28 DESC, m.ubicacion_id, m.producto_id
       LIMIT $3
    )
    SELECT m.ubicacion_id::text, m.producto_id::text, p.nombre, p.categoria, p.marca, m.venta_28::numeric, g.desde
      FROM peores m
      JOIN public.productos p ON p.id = m.producto_id
     CROSS JOIN LATERAL (
           SELECT max(g.desde) AS desde
             FROM public.almacenes a JOIN public.inventario_agotado g ON g.almacen_codigo = a.codigo AND g.producto_id = m.producto_id
            WHERE a.ubicacion_id = m.ubicacion_id AND a.activo) AS g
     ORDER BY m.venta_28 DESC, m.ubicacion_id, m.producto_id;
END
$$;

-- The last rate, bolivars per dollar, that a sale was made at: that of a line of the last slice that sold something and of its day. The first line of the day in
-- its index is read, not the day.
CREATE OR REPLACE VIEW consultas.tasa AS
  SELECT v.tasa_usd AS bs_por_usd, t.dia
    FROM (SELECT ubicacion_id, dia, desde FROM ventas_tramos WHERE lineas > 0 ORDER BY dia DESC, desde DESC, ubicacion_id LIMIT 40) AS t
   CROSS JOIN LATERAL (
         SELECT tasa_usd FROM ventas WHERE ubicacion_id = t.ubicacion_id AND dia = t.dia AND tasa_usd > 0 ORDER BY producto_id LIMIT 1) AS v
   ORDER BY t.dia DESC, t.desde DESC, t.ubicacion_id
   LIMIT 1;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA consultas FROM PUBLIC;
