-- Creates the missing monthly partitions of the history: this month's and three ahead, with UTC bounds. The pipeline's user
-- may not create tables; it may call this. A month whose rows already sit in the default partition cannot be created:
-- that month is passed over with a warning, the others are still made.
-- Time zone and date style are set because the bounds are written as text: under those of a caller they could be read back as other moments.
CREATE FUNCTION crear_particiones() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
DECLARE
  mes_actual timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
  mes timestamp;
  particion text;
  creadas integer := 0;
BEGIN
  FOR i IN 0..3 LOOP
    mes := mes_actual + make_interval(months => i);
    particion := 'inventario_historico_' || to_char(mes, 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || particion) IS NOT NULL;
    -- Two callers may find it missing. The second waits here, and looks again. Loads and readers do not wait for this lock.
    LOCK TABLE ONLY public.inventario_historico IN SHARE UPDATE EXCLUSIVE MODE;
    CONTINUE WHEN to_regclass('public.' || particion) IS NOT NULL;
    BEGIN
      EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.inventario_historico FOR VALUES FROM (%L) TO (%L)',
        particion, mes AT TIME ZONE 'UTC', (mes + interval '1 month') AT TIME ZONE 'UTC');
      creadas := creadas + 1;
    EXCEPTION WHEN check_violation THEN
      RAISE WARNING 'inventario_historico_default ya tiene filas de %: no se puede crear su partición', particion;
    END;
  END LOOP;
  RETURN creadas;
END
$$;

REVOKE ALL ON FUNCTION crear_particiones() FROM PUBLIC;

SELECT crear_particiones();
