-- As before (026), and it waits for whoever counts the days anew or removes all lines: sumar_ventas and TRUNCATE take no turns, but lock the table.
CREATE OR REPLACE FUNCTION sumar_semana(tienda text, lunes date) RETURNS void
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

REVOKE ALL ON FUNCTION sumar_semana(text, date) FROM PUBLIC;

-- Triggers fire in the order of their names: after sumar_recientes_*, which lock the store's row of ventas_recientes_hasta. Whoever writes the ledger locks that row before
-- the one of ventas_dias; with the opposite order two slices of a day waited for each other.
ALTER TRIGGER apartar_nuevas ON ventas_diarias RENAME TO y_apartar_nuevas;
ALTER TRIGGER apartar_retiradas ON ventas_diarias RENAME TO y_apartar_retiradas;
ALTER TRIGGER apartar_antes ON ventas_diarias RENAME TO y_apartar_antes;
ALTER TRIGGER apartar_despues ON ventas_diarias RENAME TO y_apartar_despues;
ALTER TRIGGER apartar_vaciadas ON ventas_diarias RENAME TO y_apartar_vaciadas;
