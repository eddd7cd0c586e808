-- A day of a store in one row: what it sold, and how the slices of its ledger stand. Kept by the database itself from `ventas_horarias` and `ventas_tramos`,
-- whoever writes them, so that a month of every store is some hundred rows instead of the 20,000 hours and slices behind them. A quarter of each page stays
-- free, so that a row that changes finds room beside its old one (HOT).
CREATE TABLE ventas_dias (
  ubicacion_id codigo_exacto NOT NULL,
  dia date NOT NULL,
  tramos integer NOT NULL DEFAULT 0,
  -- Of these: closed, failed at the last attempt, and not read since they ended.
  cerrados integer NOT NULL DEFAULT 0,
  fallidos integer NOT NULL DEFAULT 0,
  sin_leer integer NOT NULL DEFAULT 0,
  lineas integer NOT NULL DEFAULT 0,
  facturas integer NOT NULL DEFAULT 0,
  unidades decimal_finito NOT NULL DEFAULT 0,
  kilos decimal_finito NOT NULL DEFAULT 0,
  venta_total decimal_finito NOT NULL DEFAULT 0,
  -- Of the lines whose cost is known, as the next two; and how many hours have any.
  venta_con_costo decimal_finito NOT NULL DEFAULT 0,
  costo_total decimal_finito NOT NULL DEFAULT 0,
  utilidad_bruta decimal_finito NOT NULL DEFAULT 0,
  horas_con_costo integer NOT NULL DEFAULT 0,
  PRIMARY KEY (ubicacion_id, dia)
) WITH (fillfactor = 75);

-- What a statement changed is added to the rows of its days; a day that it leaves as it was is not locked, so that slices of one day that are only read again
-- do not wait for each other. The text of the statement depends on what the trigger has: `nuevos` for what is inserted, `viejos` for what is removed.
CREATE FUNCTION contar_tramos_de_dias() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE public.ventas_dias SET tramos = 0, cerrados = 0, fallidos = 0, sin_leer = 0;
    RETURN NULL;
  END IF;
  EXECUTE format(
    $sql$INSERT INTO public.ventas_dias AS d (ubicacion_id, dia, tramos, cerrados, fallidos, sin_leer)
         SELECT * FROM (
           SELECT ubicacion_id, dia, sum(signo) AS tramos, coalesce(sum(signo) FILTER (WHERE estado = 'cerrado'), 0) AS cerrados,
                  coalesce(sum(signo) FILTER (WHERE estado = 'fallido'), 0) AS fallidos,
                  coalesce(sum(signo) FILTER (WHERE leido IS NULL OR leido < (dia + hasta) AT TIME ZONE 'America/Caracas'), 0) AS sin_leer
             FROM (%s) AS t
            GROUP BY ubicacion_id, dia) AS c
          WHERE (tramos, cerrados, fallidos, sin_leer) <> (0, 0, 0, 0)
          ORDER BY ubicacion_id, dia
             ON CONFLICT (ubicacion_id, dia) DO UPDATE
            SET tramos = d.tramos + excluded.tramos, cerrados = d.cerrados + excluded.cerrados, fallidos = d.fallidos + excluded.fallidos,
                sin_leer = d.sin_leer + excluded.sin_leer$sql$,
    CASE TG_OP WHEN 'INSERT' THEN 'SELECT 1 AS signo, * FROM nuevos'
               WHEN 'DELETE' THEN 'SELECT -1 AS signo, * FROM viejos'
               ELSE 'SELECT 1 AS signo, * FROM nuevos UNION ALL SELECT -1, * FROM viejos' END);
  RETURN NULL;
END
$$;

CREATE FUNCTION sumar_horas_de_dias() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    UPDATE public.ventas_dias
       SET lineas = 0, facturas = 0, unidades = 0, kilos = 0, venta_total = 0, venta_con_costo = 0, costo_total = 0, utilidad_bruta = 0,
           horas_con_costo = 0;
    RETURN NULL;
  END IF;
  EXECUTE format(
    $sql$INSERT INTO public.ventas_dias AS d (ubicacion_id, dia, lineas, facturas, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta, horas_con_costo)
         SELECT * FROM (
           SELECT ubicacion_id, dia, sum(signo * lineas) AS lineas, sum(signo * facturas) AS facturas, sum(signo * unidades) AS unidades, sum(signo * kilos) AS kilos,
                  sum(signo * venta_total) AS venta_total, sum(signo * venta_con_costo) AS venta_con_costo,
                  coalesce(sum(signo * costo_total), 0) AS costo_total, coalesce(sum(signo * utilidad_bruta), 0) AS utilidad_bruta,
                  coalesce(sum(signo) FILTER (WHERE costo_total IS NOT NULL), 0) AS horas_con_costo
             FROM (%s) AS h
            GROUP BY ubicacion_id, dia) AS c
          WHERE (lineas, facturas, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta, horas_con_costo) <> (0, 0, 0, 0, 0, 0, 0, 0, 0)
          ORDER BY ubicacion_id, dia
             ON CONFLICT (ubicacion_id, dia) DO UPDATE
            SET lineas = d.lineas + excluded.lineas, facturas = d.facturas + excluded.facturas, unidades = d.unidades + excluded.unidades,
                kilos = d.kilos + excluded.kilos, venta_total = d.venta_total + excluded.venta_total, venta_con_costo = d.venta_con_costo + excluded.venta_con_costo,
                costo_total = d.costo_total + excluded.costo_total, utilidad_bruta = d.utilidad_bruta + excluded.utilidad_bruta,
                horas_con_costo = d.horas_con_costo + excluded.horas_con_costo$sql$,
    CASE TG_OP WHEN 'INSERT' THEN 'SELECT 1 AS signo, * FROM nuevos'
               WHEN 'DELETE' THEN 'SELECT -1 AS signo, * FROM viejos'
               ELSE 'SELECT 1 AS signo, * FROM nuevos UNION ALL SELECT -1, * FROM viejos' END);
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION contar_tramos_de_dias(), sumar_horas_de_dias() FROM PUBLIC;

CREATE TRIGGER contar_nuevos AFTER INSERT ON ventas_tramos
  REFERENCING NEW TABLE AS nuevos FOR EACH STATEMENT EXECUTE FUNCTION contar_tramos_de_dias();
CREATE TRIGGER contar_cambiados AFTER UPDATE ON ventas_tramos
  REFERENCING OLD TABLE AS viejos NEW TABLE AS nuevos FOR EACH STATEMENT EXECUTE FUNCTION contar_tramos_de_dias();
CREATE TRIGGER contar_retirados AFTER DELETE ON ventas_tramos
  REFERENCING OLD TABLE AS viejos FOR EACH STATEMENT EXECUTE FUNCTION contar_tramos_de_dias();
CREATE TRIGGER contar_vaciados AFTER TRUNCATE ON ventas_tramos FOR EACH STATEMENT EXECUTE FUNCTION contar_tramos_de_dias();
CREATE TRIGGER sumar_nuevas AFTER INSERT ON ventas_horarias
  REFERENCING NEW TABLE AS nuevos FOR EACH STATEMENT EXECUTE FUNCTION sumar_horas_de_dias();
CREATE TRIGGER sumar_cambiadas AFTER UPDATE ON ventas_horarias
  REFERENCING OLD TABLE AS viejos NEW TABLE AS nuevos FOR EACH STATEMENT EXECUTE FUNCTION sumar_horas_de_dias();
CREATE TRIGGER sumar_retiradas AFTER DELETE ON ventas_horarias
  REFERENCING OLD TABLE AS viejos FOR EACH STATEMENT EXECUTE FUNCTION sumar_horas_de_dias();
CREATE TRIGGER sumar_vaciadas AFTER TRUNCATE ON ventas_horarias FOR EACH STATEMENT EXECUTE FUNCTION sumar_horas_de_dias();

-- What is there already.
INSERT INTO ventas_dias (ubicacion_id, dia, tramos, cerrados, fallidos, sin_leer,
                         lineas, facturas, unidades, kilos, venta_total, venta_con_costo, costo_total, utilidad_bruta, horas_con_costo)
SELECT ubicacion_id, dia, coalesce(tramos, 0), coalesce(cerrados, 0), coalesce(fallidos, 0), coalesce(sin_leer, 0),
       coalesce(lineas, 0), coalesce(facturas, 0), coalesce(unidades, 0), coalesce(kilos, 0), coalesce(venta_total, 0), coalesce(venta_con_costo, 0),
       coalesce(costo_total, 0), coalesce(utilidad_bruta, 0), coalesce(horas_con_costo, 0)
  FROM (SELECT ubicacion_id, dia, count(*) AS tramos, count(*) FILTER (WHERE estado = 'cerrado') AS cerrados, count(*) FILTER (WHERE estado = 'fallido') AS fallidos,
               count(*) FILTER (WHERE leido IS NULL OR leido < (dia + hasta) AT TIME ZONE 'America/Caracas') AS sin_leer
          FROM ventas_tramos GROUP BY ubicacion_id, dia) AS t
  FULL JOIN (SELECT ubicacion_id, dia, sum(lineas) AS lineas, sum(facturas) AS facturas, sum(unidades) AS unidades, sum(kilos) AS kilos, sum(venta_total) AS venta_total,
                    sum(venta_con_costo) AS venta_con_costo, sum(costo_total) AS costo_total, sum(utilidad_bruta) AS utilidad_bruta,
                    count(costo_total) AS horas_con_costo
               FROM ventas_horarias GROUP BY ubicacion_id, dia) AS h USING (ubicacion_id, dia);

-- The same for the API: as before (022) what the ledger says of each day, NULL where it has no slice of it, and what was sold.
CREATE OR REPLACE VIEW consultas.ventas_dias AS
  SELECT ubicacion_id AS tienda, dia,
         CASE WHEN tramos > 0 THEN fallidos > 0 END AS fallido,
         CASE WHEN tramos > 0 THEN sin_leer > 0 END AS falta,
         CASE WHEN tramos > 0 THEN cerrados = tramos END AS cerrado,
         lineas, facturas, unidades, kilos, venta_total, venta_con_costo, CASE WHEN horas_con_costo > 0 THEN utilidad_bruta END AS utilidad_bruta
    FROM ventas_dias;

-- What was sold of each article on a day of a store.
CREATE VIEW consultas.ventas_articulos AS
  SELECT ubicacion_id AS tienda, dia, producto_id AS articulo, facturas, unidades, kilos, venta_total, venta_con_costo, utilidad_bruta
    FROM ventas_diarias;

-- As before (023), with the text that people search by.
CREATE OR REPLACE VIEW consultas.articulos AS
  SELECT codigo, nombre, categoria, marca, codigo_barras, presentacion, busqueda FROM productos;

-- For the names of stores and categories, and for what is searched for.
CREATE FUNCTION consultas.sin_acentos(texto text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SECURITY DEFINER BEGIN ATOMIC
  SELECT public.sin_acentos(texto);
END;

-- What does not add up between stock and sales in a period of days, by article and warehouse: the stock before the first interval in which the article moved
-- and after the last, what was sold in between, what is left over, and that at the price of now. Intervals of days are found by their end, which has an index; all of a warehouse are
-- answered by one call, which reads versions and lines once.
CREATE FUNCTION consultas.descuadres_de(tiendas text[], desde date, hasta date)
RETURNS TABLE (tienda text, almacen text, articulo text, antes numeric, despues numeric, vendido numeric, diferencia numeric, usd numeric)
LANGUAGE sql STABLE SECURITY DEFINER COST 1000000 ROWS 1000
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
  SELECT d.ubicacion_id, d.almacen_codigo, d.producto_id, d.antes, d.despues, d.vendido, d.diferencia, round(d.diferencia * v.precio_venta, 2)
    FROM (SELECT i.ubicacion_id, i.almacen_codigo, m.producto_id, (array_agg(m.existencia_antes ORDER BY m.fin))[1] AS antes,
                 (array_agg(m.existencia_despues ORDER BY m.fin DESC))[1] AS despues, sum(m.vendido) AS vendido,
                 sum(m.existencia_despues - m.existencia_antes + m.vendido) AS diferencia
            FROM (SELECT ubicacion_id, almacen_codigo, array_agg(desde ORDER BY hasta) AS desde, array_agg(hasta ORDER BY hasta) AS hasta
                    FROM public.descuadres_intervalos
                   WHERE ubicacion_id = ANY ($1) AND motivo IS NULL
                     AND hasta >= $2::timestamp AT TIME ZONE 'America/Caracas' AND hasta < ($3 + 1)::timestamp AT TIME ZONE 'America/Caracas'
                   GROUP BY ubicacion_id, almacen_codigo) AS i
           CROSS JOIN LATERAL public.movimientos_de(i.ubicacion_id, i.almacen_codigo, i.desde, i.hasta) AS m
           WHERE m.motivo IS NULL
           GROUP BY i.ubicacion_id, i.almacen_codigo, m.producto_id
          HAVING sum(m.existencia_despues - m.existencia_antes + m.vendido) <> 0) AS d
    LEFT JOIN public.inventario_vigente v ON v.almacen_codigo = d.almacen_codigo AND v.producto_id = d.producto_id
$$;

-- The intervals of those days that are compared, and those that cannot be, because their sales are not known to be complete.
CREATE FUNCTION consultas.intervalos_de(tiendas text[], desde date, hasta date)
RETURNS TABLE (comparados bigint, sin_comparar bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
  SELECT count(*) FILTER (WHERE motivo IS NULL), count(*) FILTER (WHERE motivo IS NOT NULL)
    FROM public.descuadres_intervalos
   WHERE ubicacion_id = ANY ($1)
     AND hasta >= $2::timestamp AT TIME ZONE 'America/Caracas' AND hasta < ($3 + 1)::timestamp AT TIME ZONE 'America/Caracas'
$$;

-- What has a negative stock now: since when without a break, and the last line that was sold until then, of the eight days before. At most
-- `maximo`, those that are worth most first.
CREATE FUNCTION consultas.negativas_de(tiendas text[], maximo integer)
RETURNS TABLE (tienda text, almacen text, articulo text, cantidad numeric, desde timestamptz, numero text, momento timestamptz, vendida numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER COST 100000 ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT n.ubicacion_id::text, n.almacen_codigo::text, n.producto_id::text, n.cantidad::numeric, n.negativo_desde, f.numero_factura::text, f.fecha_venta,
           f.cantidad_vendida::numeric
      FROM (SELECT i.*, g.negativo_desde
              FROM public.almacenes a
              JOIN public.inventario_agotado g ON g.almacen_codigo = a.codigo AND g.negativo_desde IS NOT NULL
              JOIN public.inventario_vigente i ON i.almacen_codigo = g.almacen_codigo AND i.producto_id = g.producto_id
             WHERE i.ubicacion_id = ANY ($1)
             ORDER BY i.cantidad * i.precio_venta NULLS LAST, i.almacen_codigo, i.producto_id LIMIT $2) AS n
      LEFT JOIN LATERAL (
           SELECT v.numero_factura, v.fecha_venta, v.cantidad_vendida
             FROM generate_series(0, 7) AS hace
            CROSS JOIN LATERAL (
                  SELECT * FROM public.ventas
                   WHERE ubicacion_id = n.ubicacion_id AND dia = (n.negativo_desde AT TIME ZONE 'America/Caracas')::date - hace AND producto_id = n.producto_id
                     AND almacen_codigo = n.almacen_codigo AND fecha_venta <= n.negativo_desde
                   ORDER BY fecha_venta DESC, numero_factura, linea LIMIT 1) AS v
            ORDER BY hace LIMIT 1) AS f ON true
     ORDER BY n.cantidad * n.precio_venta NULLS LAST, n.almacen_codigo, n.producto_id;
END
$$;

REVOKE ALL ON FUNCTION consultas.sin_acentos(text), consultas.descuadres_de(text[], date, date), consultas.intervalos_de(text[], date, date), consultas.negativas_de(text[], integer) FROM PUBLIC;
