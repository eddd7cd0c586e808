-- negativas_de (024) leaves out closed warehouses, as every other count of the stock does: nobody will correct theirs.
CREATE OR REPLACE FUNCTION consultas.negativas_de(tiendas text[], maximo integer)
RETURNS TABLE (tienda text, almacen text, articulo text, cantidad numeric, desde timestamptz, numero text, momento timestamptz, vendida numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 100000 ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT n.ubicacion_id::text, n.almacen_codigo::text, n.producto_id::text, n.cantidad::numeric, n.negativo_desde, f.numero_factura::text, f.fecha_venta,
           f.cantidad_vendida::numeric
      FROM (SELECT i.*, g.negativo_desde
              FROM public.almacenes a
              JOIN public.inventario_agotado g ON g.almacen_codigo = a.codigo AND g.negativo_desde IS NOT NULL
              JOIN public.inventario_vigente i ON i.almacen_codigo = g.almacen_codigo AND i.producto_id = g.producto_id
             WHERE a.activo AND i.ubicacion_id = ANY ($1)
             ORDER BY i.cantidad * i.precio_venta NULLS LAST, i.almacen_codigo, i.producto_id LIMIT $2) AS n
      LEFT JOIN LATERAL (
           SELECT v.numero_factura, v.fecha_venta, v.cantidad_vendida
             FROM generate_series(0, 7) AS hace
            CROSS JOIN LATERAL (
                  SELECT * FROM public.ventas
                   WHERE ubicacion_id = n.ubicacion_id AND dia = (n.negativo_desde AT TIME ZONE 'America/Caracas')::date - hace AND producto_id = n.producto_id
                     AND almacen_codigo = n.almacen_codigo AND fecha_venta <= n.negativo_desde
                   ORDER BY fecha_venta DESC, numero_factura, linea LIMIT 1) AS v
            ORDER BY hace LIMIT 1) AS f ON true
     ORDER BY n.cantidad * n.precio_venta NULLS LAST, n.almacen_codigo, n.producto_id;
END
$$;
