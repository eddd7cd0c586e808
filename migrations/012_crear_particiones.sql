-- Creates the monthly partitions of the versions that are missing: this month's, three ahead, and those of which the default partition holds versions,
-- which are moved. Bounds are in UTC. Returns the names of those created. Loads wait while versions are moved; lock_timeout bounds how long this waits for them.
-- Time zone and date style are set because the bounds are written as text: under those of a caller they could be read back as other moments.
CREATE FUNCTION crear_particiones() RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET lock_timeout = '2s' AS $$
DECLARE
  mes timestamp;
  particion text;
  limites text;
BEGIN
  -- Two callers take turns; the second finds nothing missing.
  LOCK TABLE ONLY public.inventario_versiones IN SHARE UPDATE EXCLUSIVE MODE;
  FOR mes IN
    SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i) FROM generate_series(0, 3) AS i
     UNION SELECT date_trunc('month', vigente_hasta AT TIME ZONE 'UTC') FROM public.inventario_versiones_default
     ORDER BY 1
  LOOP
    particion := 'inventario_versiones_' || to_char(mes, 'YYYY_MM');
    CONTINUE WHEN EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('public.' || particion));
    limites := format('FROM (%L) TO (%L)', mes AT TIME ZONE 'UTC', (mes + interval '1 month') AT TIME ZONE 'UTC');
    -- No load may add to what is moved.
    LOCK TABLE public.inventario_versiones_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.inventario_versiones INCLUDING GENERATED INCLUDING CONSTRAINTS)', particion);
    EXECUTE format(
      'WITH movidas AS (
         DELETE FROM public.inventario_versiones_default WHERE vigente_hasta >= %L AND vigente_hasta < %L RETURNING *
       )
       INSERT INTO public.%I (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta, cambia_precio, precio_siguiente)
       SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta, cambia_precio, precio_siguiente FROM movidas',
      mes AT TIME ZONE 'UTC', (mes + interval '1 month') AT TIME ZONE 'UTC', particion);
    EXECUTE format('ALTER TABLE public.inventario_versiones ATTACH PARTITION public.%I FOR VALUES %s', particion, limites);
    RETURN NEXT particion;
  END LOOP;
END
$$;

REVOKE ALL ON FUNCTION crear_particiones() FROM PUBLIC;

SELECT crear_particiones();
