-- In what articles are counted, by what these stores sold of them in the 28 whole days before `hoy`, as `existencias` says it of each row (023).
CREATE FUNCTION consultas.unidades_de(tiendas text[], articulos text[], hoy date)
RETURNS TABLE (articulo text, unidad text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
  SELECT p.id, consultas.unidad(coalesce(sum(v.unidades_28), 0), coalesce(sum(v.kilos_28), 0), p.grupo_articulo)
    FROM public.productos p
    LEFT JOIN consultas.ventas_recientes($1, $2, $3) AS v ON v.producto = p.id
   WHERE p.id = ANY ($2)
   GROUP BY p.id
$$;

REVOKE ALL ON FUNCTION consultas.unidades_de(text[], text[], date) FROM PUBLIC;
