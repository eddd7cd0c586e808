-- Retires one thing that ended more than so many months ago and says what it was, or returns NULL when nothing is left: first the snapshots, so that no
-- moment is answered in part, then month by month the versions, the oldest first. What began earlier and ended later is in what is kept, and stays, as
-- does the snapshot in force when that begins. Only the migration user may: the pipeline has no right to delete history. One thing a call, and so a
-- transaction: dropping a partition locks the history, which must not wait for the next.
CREATE FUNCTION retirar_historico(conservar_meses integer) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET lock_timeout = '2s' AS $$
DECLARE
  mes_limite timestamp;
  limite timestamptz;
  particion text;
  retiradas bigint;
BEGIN
  IF conservar_meses IS NULL OR conservar_meses < 1 THEN
    RAISE EXCEPTION 'conservar_meses debe ser al menos 1';
  END IF;
  -- No version ended before 2000 (casillas_de).
  mes_limite := date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => least(conservar_meses, 2400));
  limite := mes_limite AT TIME ZONE 'UTC';
  DELETE FROM public.almacen_snapshots s
   WHERE extraccion < limite
     AND EXISTS (SELECT FROM public.almacen_snapshots
                  WHERE almacen_codigo = s.almacen_codigo AND extraccion > s.extraccion AND extraccion <= limite);
  GET DIAGNOSTICS retiradas = ROW_COUNT;
  IF retiradas > 0 THEN
    RETURN format('%s snapshots', retiradas);
  END IF;
  DELETE FROM public.inventario_sin_confirmar WHERE reconfirmado <= limite;
  -- One retention at a time, and no partition is made meanwhile. Loads and readers do not wait for this lock.
  LOCK TABLE ONLY public.inventario_versiones IN SHARE UPDATE EXCLUSIVE MODE;
  SELECT c.relname INTO particion
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = 'public.inventario_versiones'::regclass
     AND c.relname ~ '^inventario_versiones_\d{4}_\d{2}$'
     AND right(c.relname, 7) < to_char(mes_limite, 'YYYY_MM')
   ORDER BY c.relname LIMIT 1;
  IF particion IS NOT NULL THEN
    EXECUTE format('DROP TABLE public.%I', particion);
    RETURN particion;
  END IF;
  DELETE FROM public.inventario_versiones_default WHERE vigente_hasta < limite;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION retirar_historico(integer) FROM PUBLIC;
