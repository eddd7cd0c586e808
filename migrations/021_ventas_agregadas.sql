-- What the lines of `ventas` add up to, by article and by hour of a store's day, kept by the database itself: the two tables equal the lines at every moment,
-- whoever writes them. Written only when a sum differs. A fifth of each page stays free, so that a row finds room beside its old one (HOT) when a later slice of
-- the day changes it.
CREATE TABLE ventas_diarias (
  dia date NOT NULL,
  lineas integer NOT NULL,
  -- Invoices with the article: counted, never added up, since one may be in several slices, lines and articles.
  facturas integer NOT NULL,
  ubicacion_id codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  unidades decimal_finito NOT NULL,
  kilos decimal_finito NOT NULL,
  venta_total decimal_finito NOT NULL,
  -- Of the lines whose cost is known, as the next two, which are NULL without any: the margin is utilidad_bruta over this.
  venta_con_costo decimal_finito NOT NULL,
  costo_total decimal_finito,
  utilidad_bruta decimal_finito,
  PRIMARY KEY (ubicacion_id, dia, producto_id),
  CHECK (facturas BETWEEN 1 AND lineas)
) WITH (fillfactor = 80);

CREATE TABLE ventas_horarias (
  dia date NOT NULL,
  lineas integer NOT NULL,
  facturas integer NOT NULL,
  -- Of the Caracas day.
  hora smallint NOT NULL,
  ubicacion_id codigo_exacto NOT NULL,
  unidades decimal_finito NOT NULL,
  kilos decimal_finito NOT NULL,
  venta_total decimal_finito NOT NULL,
  venta_con_costo decimal_finito NOT NULL,
  costo_total decimal_finito,
  utilidad_bruta decimal_finito,
  PRIMARY KEY (ubicacion_id, dia, hora),
  CHECK (facturas BETWEEN 1 AND lineas)
) WITH (fillfactor = 80);

-- After each statement that writes lines: counts anew, from the lines, the articles and hours of the days that it touched (`cambiadas` are its lines, old or
-- new). Only indexes are used, whatever the planner knows and the caller has set.
CREATE FUNCTION sumar_ventas_cambiadas() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET jit = off AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE public.ventas_diarias, public.ventas_horarias;
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM cambiadas) THEN
    RETURN NULL;
  END IF;
  -- Any other level would not see the lines that were committed while this waited.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'Las ventas se escriben en transacciones READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  -- Writers of one day of a store take turns until they are committed, so that the second counts what the first wrote. There are 1024 turns, taken in order:
  -- a statement over years of lines holds no more.
  PERFORM pg_advisory_xact_lock(7002032, turno)
     FROM (SELECT DISTINCT (hashtext(ubicacion_id) # (dia - date '2000-01-01')) & 1023 AS turno FROM cambiadas ORDER BY turno) AS t;

  MERGE INTO public.ventas_diarias AS d
  USING (SELECT c.ubicacion_id, c.dia, c.producto_id, hay.*
           FROM (SELECT DISTINCT ubicacion_id, dia, producto_id FROM cambiadas ORDER BY ubicacion_id, dia, producto_id) AS c
          CROSS JOIN LATERAL (
                SELECT count(*) AS lineas, count(DISTINCT numero_factura) AS facturas,
                       coalesce(sum(cantidad_vendida) FILTER (WHERE NOT por_peso), 0) AS unidades,
                       coalesce(sum(cantidad_vendida) FILTER (WHERE por_peso), 0) AS kilos,
                       sum(venta_total) AS venta_total,
                       coalesce(sum(venta_total) FILTER (WHERE costo_total IS NOT NULL), 0) AS venta_con_costo,
                       sum(costo_total) AS costo_total, sum(utilidad_bruta) FILTER (WHERE costo_total IS NOT NULL) AS utilidad_bruta
                  FROM (SELECT *, public.es_por_peso(unidad_medida_venta) AS por_peso FROM public.ventas
                         WHERE ubicacion_id = c.ubicacion_id AND dia = c.dia AND producto_id = c.producto_id OFFSET 0) AS v) AS hay) AS s
     ON d.ubicacion_id = s.ubicacion_id AND d.dia = s.dia AND d.producto_id = s.producto_id
   WHEN MATCHED AND s.lineas = 0 THEN DELETE
   WHEN MATCHED AND (d.lineas, d.facturas, d.unidades, d.kilos, d.venta_total, d.venta_con_costo, d.costo_total, d.utilidad_bruta)
                     IS DISTINCT FROM (s.lineas, s.facturas, s.unidades, s.kilos, s.venta_total, s.venta_con_costo, s.costo_total, s.utilidad_bruta)
   THEN UPDATE SET lineas = s.lineas, facturas = s.facturas, unidades = s.unidades, kilos = s.kilos, venta_total = s.venta_total,
                   venta_con_costo = s.venta_con_costo, costo_total = s.costo_total, utilidad_bruta = s.utilidad_bruta
   WHEN NOT MATCHED AND s.lineas > 0
   THEN INSERT (dia, lineas, facturas, ubicacion_id, producto_id, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta)
        VALUES (s.dia, s.lineas, s.facturas, s.ubicacion_id, s.producto_id, s.unidades, s.kilos, s.venta_total, s.venta_con_costo, s.costo_total, s.utilidad_bruta);

  MERGE INTO public.ventas_horarias AS d
  USING (SELECT c.ubicacion_id, c.dia, c.hora, hay.*
           FROM (SELECT ubicacion_id, dia, hora, (dia + make_time(hora, 0, 0)) AT TIME ZONE 'America/Caracas' AS desde,
                        (dia + make_time(hora, 0, 0) + interval '1 hour') AT TIME ZONE 'America/Caracas' AS hasta
                   FROM (SELECT DISTINCT ubicacion_id, dia, extract(hour FROM fecha_venta AT TIME ZONE 'America/Caracas')::smallint AS hora FROM cambiadas) AS h
                  ORDER BY ubicacion_id, dia, hora) AS c
          CROSS JOIN LATERAL (
                SELECT count(*) AS lineas, count(DISTINCT numero_factura) AS facturas,
                       coalesce(sum(cantidad_vendida) FILTER (WHERE NOT por_peso), 0) AS unidades,
                       coalesce(sum(cantidad_vendida) FILTER (WHERE por_peso), 0) AS kilos,
                       sum(venta_total) AS venta_total,
                       coalesce(sum(venta_total) FILTER (WHERE costo_total IS NOT NULL), 0) AS venta_con_costo,
                       sum(costo_total) AS costo_total, sum(utilidad_bruta) FILTER (WHERE costo_total IS NOT NULL) AS utilidad_bruta
                  FROM (SELECT *, public.es_por_peso(unidad_medida_venta) AS por_peso FROM public.ventas
                         WHERE ubicacion_id = c.ubicacion_id AND dia = c.dia AND fecha_venta >= c.desde AND fecha_venta < c.hasta OFFSET 0) AS v) AS hay) AS s
     ON d.ubicacion_id = s.ubicacion_id AND d.dia = s.dia AND d.hora = s.hora
   WHEN MATCHED AND s.lineas = 0 THEN DELETE
   WHEN MATCHED AND (d.lineas, d.facturas, d.unidades, d.kilos, d.venta_total, d.venta_con_costo, d.costo_total, d.utilidad_bruta)
                     IS DISTINCT FROM (s.lineas, s.facturas, s.unidades, s.kilos, s.venta_total, s.venta_con_costo, s.costo_total, s.utilidad_bruta)
   THEN UPDATE SET lineas = s.lineas, facturas = s.facturas, unidades = s.unidades, kilos = s.kilos, venta_total = s.venta_total,
                   venta_con_costo = s.venta_con_costo, costo_total = s.costo_total, utilidad_bruta = s.utilidad_bruta
   WHEN NOT MATCHED AND s.lineas > 0
   THEN INSERT (dia, lineas, facturas, hora, ubicacion_id, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta)
        VALUES (s.dia, s.lineas, s.facturas, s.hora, s.ubicacion_id, s.unidades, s.kilos, s.venta_total, s.venta_con_costo, s.costo_total, s.utilidad_bruta);
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION sumar_ventas_cambiadas() FROM PUBLIC;

-- One for what an update takes away, one for what it brings: a line may change its article, hour, day or store.
CREATE TRIGGER sumar_nuevas AFTER INSERT ON ventas
  REFERENCING NEW TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_cambiadas();
CREATE TRIGGER sumar_retiradas AFTER DELETE ON ventas
  REFERENCING OLD TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_cambiadas();
CREATE TRIGGER sumar_antes AFTER UPDATE ON ventas
  REFERENCING OLD TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_cambiadas();
CREATE TRIGGER sumar_despues AFTER UPDATE ON ventas
  REFERENCING NEW TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_cambiadas();
CREATE TRIGGER sumar_vaciadas AFTER TRUNCATE ON ventas
  FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_cambiadas();

-- Counts all articles and hours of these days anew. For what the triggers do not see: lines that were written into a partition by its name, and partitions that
-- were attached, detached or dropped. crear_particiones moves lines by name too, from one partition to another, and changes no sum. Nobody writes lines meanwhile.
CREATE FUNCTION sumar_ventas(desde date, hasta date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET enable_partitionwise_aggregate = on SET jit = off AS $$
BEGIN
  LOCK TABLE public.ventas IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM public.ventas_diarias WHERE dia BETWEEN $1 AND $2;
  INSERT INTO public.ventas_diarias (dia, lineas, facturas, ubicacion_id, producto_id, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta)
  SELECT dia, count(*), count(DISTINCT numero_factura), ubicacion_id, producto_id,
         coalesce(sum(cantidad_vendida) FILTER (WHERE NOT public.es_por_peso(unidad_medida_venta)), 0),
         coalesce(sum(cantidad_vendida) FILTER (WHERE public.es_por_peso(unidad_medida_venta)), 0),
         sum(venta_total), coalesce(sum(venta_total) FILTER (WHERE costo_total IS NOT NULL), 0), sum(costo_total),
         sum(utilidad_bruta) FILTER (WHERE costo_total IS NOT NULL)
    FROM public.ventas
   WHERE dia BETWEEN $1 AND $2
   GROUP BY ubicacion_id, dia, producto_id;
  DELETE FROM public.ventas_horarias WHERE dia BETWEEN $1 AND $2;
  INSERT INTO public.ventas_horarias (dia, lineas, facturas, hora, ubicacion_id, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta)
  SELECT dia, count(*), count(DISTINCT numero_factura), extract(hour FROM fecha_venta AT TIME ZONE 'America/Caracas')::smallint AS hora, ubicacion_id,
         coalesce(sum(cantidad_vendida) FILTER (WHERE NOT public.es_por_peso(unidad_medida_venta)), 0),
         coalesce(sum(cantidad_vendida) FILTER (WHERE public.es_por_peso(unidad_medida_venta)), 0),
         sum(venta_total), coalesce(sum(venta_total) FILTER (WHERE costo_total IS NOT NULL), 0), sum(costo_total),
         sum(utilidad_bruta) FILTER (WHERE costo_total IS NOT NULL)
    FROM public.ventas
   WHERE dia BETWEEN $1 AND $2
   GROUP BY ubicacion_id, dia, hora;
END
$$;

REVOKE ALL ON FUNCTION sumar_ventas(date, date) FROM PUBLIC;

SELECT sumar_ventas('-infinity', 'infinity');
