-- An article in every open warehouse that has it and, where there is none, since when and whether that is known, as `agotados` says it (023). What it sells is said of
-- the stores in `propias` only. consultas.articulo_tiendas stays for the API that runs until its stack is deployed.
CREATE FUNCTION consultas.articulo_almacenes(codigo text, hoy date, propias text[])
RETURNS TABLE (
  tienda text, nombre text, almacen text, cantidad numeric, desde timestamptz, agotado_desde timestamptz, agotado_conocido boolean, precio numeric, ventas_28 numeric,
  dias_cobertura numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT i.ubicacion_id::text, u.nombre, i.almacen_codigo::text, i.cantidad::numeric, coalesce(i.existencia_desde, i.vigente_desde), g.desde, g.conocido,
           i.precio_venta::numeric, CASE WHEN i.ubicacion_id = ANY ($3) THEN consultas.cantidad_vendida(coalesce(v.unidades_28, 0), coalesce(v.kilos_28, 0)) END,
           consultas.dias_cobertura(i.cantidad, v.unidades_28, v.kilos_28)
      FROM public.inventario_vigente i
      JOIN public.ubicaciones u ON u.id = i.ubicacion_id
      LEFT JOIN public.inventario_agotado g ON i.cantidad <= 0 AND g.almacen_codigo = i.almacen_codigo AND g.producto_id = i.producto_id
      LEFT JOIN consultas.ventas_recientes($3, ARRAY[$1], $2) AS v ON v.tienda = i.ubicacion_id
     WHERE i.almacen_codigo = ANY (consultas.almacenes_de(NULL)) AND i.producto_id = $1
     ORDER BY u.nombre, i.ubicacion_id, i.almacen_codigo;
END
$$;

REVOKE ALL ON FUNCTION consultas.articulo_almacenes(text, date, text[]) FROM PUBLIC;

-- mejores_agotados (025), and whether it is known since when: of several warehouses the last that ran out counts, as in `agotados`.
CREATE FUNCTION consultas.mejores_sin_existencia(hoy date, tiendas text[], maximo integer)
RETURNS TABLE (tienda text, codigo text, nombre text, categoria text, marca text, venta_28 numeric, desde timestamptz, conocido boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT m.tienda, m.codigo, m.nombre, m.categoria, m.marca, m.venta_28, m.desde, g.conocido
      FROM consultas.mejores_agotados($1, $2, $3) AS m
     CROSS JOIN LATERAL (
           SELECT g.conocido
             FROM public.almacenes a JOIN public.inventario_agotado g ON g.almacen_codigo = a.codigo AND g.producto_id = m.codigo
            WHERE a.ubicacion_id = m.tienda AND a.activo
            ORDER BY g.desde DESC, g.almacen_codigo LIMIT 1) AS g
     ORDER BY m.venta_28 DESC, m.tienda COLLATE "C", m.codigo COLLATE "C";
END
$$;

REVOKE ALL ON FUNCTION consultas.mejores_sin_existencia(date, text[], integer) FROM PUBLIC;
