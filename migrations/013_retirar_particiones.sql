-- Drops the monthly partitions of the history that ended more than so many months ago, whole. Only the migration user may: the
-- pipeline has no right to drop anything. Returns how many.
CREATE FUNCTION retirar_particiones(conservar_meses integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  limite text := to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => conservar_meses), 'YYYY_MM');
  particion text;
  retiradas integer := 0;
BEGIN
  IF conservar_meses < 1 THEN
    RAISE EXCEPTION 'conservar_meses debe ser al menos 1';
  END IF;
  FOR particion IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.inventario_historico'::regclass
       AND c.relname ~ '^inventario_historico_\d{4}_\d{2}$'
       AND right(c.relname, 7) < limite
     ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE public.%I', particion);
    retiradas := retiradas + 1;
  END LOOP;
  RETURN retiradas;
END
$$;

REVOKE ALL ON FUNCTION retirar_particiones(integer) FROM PUBLIC;
