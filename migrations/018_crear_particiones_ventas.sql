-- As before for the versions (012), and now for the sales too: creates the monthly partitions that are missing of both tables, from that of `ventas_desde`
-- on for the sales (without it, that of a week ago), this month's, three ahead, and those of which a default partition holds rows, which are moved. Bounds
-- of the versions are in UTC, those of the sales are days. Returns the names of those created. Loads wait while rows are moved; lock_timeout bounds how
-- long this waits for them. Time zone and date style are set because the bounds are written as text.
DROP FUNCTION crear_particiones();

CREATE FUNCTION crear_particiones(ventas_desde date DEFAULT NULL) RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET lock_timeout = '2s' AS $$
DECLARE
  faltante record;
  columnas text;
BEGIN
  -- Two callers take turns; the second finds nothing missing.
  LOCK TABLE ONLY public.inventario_versiones IN SHARE UPDATE EXCLUSIVE MODE;
  LOCK TABLE ONLY public.ventas IN SHARE UPDATE EXCLUSIVE MODE;
  FOR faltante IN
    SELECT tabla, columna, tabla || to_char(mes, '_YYYY_MM') AS particion, mes::text || zona AS desde, (mes + interval '1 month')::text || zona AS hasta
      FROM (SELECT 'inventario_versiones' AS tabla, 'vigente_hasta' AS columna, '+00' AS zona,
                   generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'), (now() AT TIME ZONE 'UTC') + interval '3 months', '1 month') AS mes
             UNION SELECT 'inventario_versiones', 'vigente_hasta', '+00', date_trunc('month', vigente_hasta AT TIME ZONE 'UTC') FROM public.inventario_versiones_default
             UNION SELECT 'ventas', 'dia', '', generate_series(date_trunc('month', least(ventas_desde, hoy - 7)::timestamp), hoy + interval '3 months', '1 month')
                     FROM (SELECT (now() AT TIME ZONE 'America/Caracas')::date AS hoy) AS h
             UNION SELECT 'ventas', 'dia', '', date_trunc('month', dia::timestamp) FROM public.ventas_default) AS m
     WHERE NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('public.' || tabla || to_char(mes, '_YYYY_MM')))
     ORDER BY particion
  LOOP
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columnas
      FROM pg_attribute WHERE attrelid = to_regclass('public.' || faltante.tabla) AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    -- No load may add to what is moved.
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', faltante.tabla || '_default');
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING GENERATED INCLUDING CONSTRAINTS)', faltante.particion, faltante.tabla);
    EXECUTE format(
      'WITH movidas AS (DELETE FROM public.%1$I WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *)
       INSERT INTO public.%5$I (%6$s) SELECT %6$s FROM movidas',
      faltante.tabla || '_default', faltante.columna, faltante.desde, faltante.hasta, faltante.particion, columnas);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   faltante.tabla, faltante.particion, faltante.desde, faltante.hasta);
    RETURN NEXT faltante.particion;
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION crear_particiones(date) FROM PUBLIC;

SELECT crear_particiones();
