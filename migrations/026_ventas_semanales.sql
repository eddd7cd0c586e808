-- What each article sold in a whole week of a store, from Monday to Sunday, so that a month of a store is read from some 30,000 sums instead of 100,000. Weeks that are over are
-- summed by `sumar_semana`, which the daily task calls: a load that kept them too would have to write each article twice.
CREATE TABLE ventas_semanales (
  lunes date NOT NULL CHECK (extract(isodow FROM lunes) = 1),
  -- The sum of the days: an invoice belongs to one day.
  facturas integer NOT NULL,
  ubicacion_id codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  unidades decimal_finito NOT NULL,
  kilos decimal_finito NOT NULL,
  venta_total decimal_finito NOT NULL,
  -- Of the lines whose cost is known, as the next one, which is NULL without any.
  venta_con_costo decimal_finito NOT NULL,
  utilidad_bruta decimal_finito,
  PRIMARY KEY (ubicacion_id, lunes, producto_id)
);

-- Whether the week's sums hold what this day sold. A week is read only if they do for all of its days.
ALTER TABLE ventas_dias ADD COLUMN en_semana boolean NOT NULL DEFAULT false;

-- After each statement that writes sums of a day: those of its week do not hold it any more.
CREATE FUNCTION apartar_dias_de_semanas() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET jit = off AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE public.ventas_semanales;
    UPDATE public.ventas_dias SET en_semana = false WHERE en_semana;
    RETURN NULL;
  END IF;
  UPDATE public.ventas_dias AS d SET en_semana = false
    FROM (SELECT DISTINCT ubicacion_id, dia FROM cambiadas ORDER BY ubicacion_id, dia) AS c
   WHERE d.ubicacion_id = c.ubicacion_id AND d.dia = c.dia AND d.en_semana;
  RETURN NULL;
END
$$;

-- Triggers fire in the order of their names: these after `sumar_recientes_*` (023), which lock the store's row of ventas_recientes_hasta. Whoever writes the ledger
-- locks that row before the one of ventas_dias; in the opposite order two slices of a day would wait for each other.
CREATE TRIGGER tras_sumar_nuevas AFTER INSERT ON ventas_diarias
  REFERENCING NEW TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION apartar_dias_de_semanas();
CREATE TRIGGER tras_sumar_retiradas AFTER DELETE ON ventas_diarias
  REFERENCING OLD TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION apartar_dias_de_semanas();
CREATE TRIGGER tras_sumar_antes AFTER UPDATE ON ventas_diarias
  REFERENCING OLD TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION apartar_dias_de_semanas();
CREATE TRIGGER tras_sumar_despues AFTER UPDATE ON ventas_diarias
  REFERENCING NEW TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION apartar_dias_de_semanas();
CREATE TRIGGER tras_sumar_vaciadas AFTER TRUNCATE ON ventas_diarias
  FOR EACH STATEMENT EXECUTE FUNCTION apartar_dias_de_semanas();

-- Sums a week of a store anew. It takes the turns of its days as whoever writes their lines does (021): it sees what was written until then, and who writes
-- afterwards finds the days marked. It waits for whoever counts the days anew or removes all lines, too: sumar_ventas and TRUNCATE take no turns, but lock the table.
CREATE FUNCTION sumar_semana(tienda text, lunes date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'Las semanas se suman en transacciones READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  -- As a load does before it takes its turn.
  LOCK TABLE ONLY public.ventas IN ROW EXCLUSIVE MODE;
  PERFORM pg_advisory_xact_lock(7002032, turno)
     FROM (SELECT DISTINCT (hashtext($1) # ($2 + n - date '2000-01-01')) & 1023 AS turno FROM generate_series(0, 6) AS n ORDER BY turno) AS t;
  DELETE FROM public.ventas_semanales WHERE ubicacion_id = $1 AND lunes = $2;
  INSERT INTO public.ventas_semanales (lunes, facturas, ubicacion_id, producto_id, unidades, kilos, venta_total, venta_con_costo, utilidad_bruta)
  SELECT $2, sum(facturas), $1, producto_id, sum(unidades), sum(kilos), sum(venta_total), sum(venta_con_costo), sum(utilidad_bruta)
    FROM public.ventas_diarias
   WHERE ubicacion_id = $1 AND dia BETWEEN $2 AND $2 + 6
   GROUP BY producto_id
   ORDER BY producto_id;
  UPDATE public.ventas_dias SET en_semana = true WHERE ubicacion_id = $1 AND dia BETWEEN $2 AND $2 + 6 AND NOT en_semana;
END
$$;

REVOKE ALL ON FUNCTION apartar_dias_de_semanas(), sumar_semana(text, date) FROM PUBLIC;

-- As before (024), and whether the sums of its week hold the day.
CREATE OR REPLACE VIEW consultas.ventas_dias AS
  SELECT ubicacion_id AS tienda, dia,
         CASE WHEN tramos > 0 THEN fallidos > 0 END AS fallido,
         CASE WHEN tramos > 0 THEN sin_leer > 0 END AS falta,
         CASE WHEN tramos > 0 THEN cerrados = tramos END AS cerrado,
         lineas, facturas, unidades, kilos, venta_total, venta_con_costo, CASE WHEN horas_con_costo > 0 THEN utilidad_bruta END AS utilidad_bruta,
         en_semana
    FROM ventas_dias;

-- What each article sold in one day of a store, or in the seven days of a week that is summed. consultas.ventas_articulos stays for the API that runs until its
-- stack is deployed, too.
CREATE VIEW consultas.ventas_periodos AS
  SELECT ubicacion_id AS tienda, dia AS desde, 1 AS dias, producto_id AS articulo, facturas, unidades, kilos, venta_total, venta_con_costo, utilidad_bruta
    FROM ventas_diarias
  UNION ALL
  SELECT ubicacion_id, lunes, 7, producto_id, facturas, unidades, kilos, venta_total, venta_con_costo, utilidad_bruta
    FROM ventas_semanales;
