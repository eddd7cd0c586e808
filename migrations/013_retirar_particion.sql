-- Retires one month of the history that ended more than so many months ago, the oldest first, and returns its partition's name, or NULL
-- when none is left. Only the migration user may: the pipeline has no right to drop anything. A month is dropped whole, unless versions
-- that began in it were still valid later: those are inside what is kept, and stay in an otherwise emptied partition. One month a
-- call, and so a transaction: dropping a partition locks the whole history, which must not wait for the next month to be searched.
CREATE FUNCTION retirar_particion(conservar_meses integer) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  mes_limite timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => conservar_meses);
  limite timestamptz := mes_limite AT TIME ZONE 'UTC';
  particion text;
  caducadas boolean;
  vigentes boolean;
BEGIN
  IF conservar_meses < 1 THEN
    RAISE EXCEPTION 'conservar_meses debe ser al menos 1';
  END IF;
  FOR particion IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.inventario_historico'::regclass
       AND c.relname ~ '^inventario_historico_\d{4}_\d{2}$'
       AND right(c.relname, 7) < to_char(mes_limite, 'YYYY_MM')
     ORDER BY c.relname
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%1$I WHERE fecha_reemplazo <= $1),
                           EXISTS (SELECT FROM public.%1$I WHERE fecha_reemplazo > $1)', particion)
      INTO caducadas, vigentes USING limite;
    IF NOT vigentes THEN
      EXECUTE format('DROP TABLE public.%I', particion);
      RETURN particion;
    ELSIF caducadas THEN
      EXECUTE format('CREATE TEMPORARY TABLE vigentes ON COMMIT DROP AS SELECT * FROM public.%I WHERE fecha_reemplazo > $1', particion)
        USING limite;
      EXECUTE format('TRUNCATE public.%I', particion);
      EXECUTE format('INSERT INTO public.%I SELECT * FROM pg_temp.vigentes', particion);
      RETURN particion;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION retirar_particion(integer) FROM PUBLIC;
