-- Retires one month of the history that ended more than so many months ago, the oldest first, and returns its partition's name, or NULL
-- when none is left. Only the migration user may: the pipeline has no right to drop anything. A month is dropped whole, unless versions
-- that began in it were still valid later: those are inside what is kept, and stay in their partition when the others are deleted.
-- They are deleted, not truncated, so that a reader with an older snapshot goes on seeing what is kept. One month a call, and so a
-- transaction: dropping a partition locks the whole history, which must not wait for the next month to be searched.
CREATE FUNCTION retirar_particion(conservar_meses integer) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET lock_timeout = '2s' AS $$
DECLARE
  mes_limite timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => conservar_meses);
  limite timestamptz := mes_limite AT TIME ZONE 'UTC';
  particion text;
  busqueda text;
  vigentes boolean;
  retiradas bigint;
BEGIN
  IF conservar_meses < 1 THEN
    RAISE EXCEPTION 'conservar_meses debe ser al menos 1';
  END IF;
  -- Looking again below must show what others have committed meanwhile.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'retirar_particion solo se ejecuta en una transacción READ COMMITTED';
  END IF;
  -- One retention at a time, and no partition is made meanwhile. Loads and readers do not wait for this lock.
  LOCK TABLE ONLY public.inventario_historico IN SHARE UPDATE EXCLUSIVE MODE;
  FOR particion IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.inventario_historico'::regclass
       AND c.relname ~ '^inventario_historico_\d{4}_\d{2}$'
       AND right(c.relname, 7) < to_char(mes_limite, 'YYYY_MM')
     ORDER BY c.relname
  LOOP
    busqueda := format('SELECT EXISTS (SELECT FROM public.%I WHERE fecha_reemplazo > $1)', particion);
    EXECUTE busqueda INTO vigentes USING limite;
    IF NOT vigentes THEN
      -- A load may have written a kept version since the search began. With this lock no load can, so what is looked at now stays true.
      EXECUTE format('LOCK TABLE public.%I IN SHARE MODE', particion);
      EXECUTE busqueda INTO vigentes USING limite;
    END IF;
    IF NOT vigentes THEN
      EXECUTE format('DROP TABLE public.%I', particion);
      RETURN particion;
    END IF;
    EXECUTE format('DELETE FROM public.%I WHERE fecha_reemplazo <= $1', particion) USING limite;
    GET DIAGNOSTICS retiradas = ROW_COUNT;
    IF retiradas > 0 THEN
      RETURN particion;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION retirar_particion(integer) FROM PUBLIC;
