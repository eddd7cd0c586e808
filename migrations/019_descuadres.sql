-- Stock against sales: between two accepted snapshots of a warehouse the stock of an article should change by what was sold. What is left over arrived, was
-- lost, or is an error.

-- The intervals from an accepted snapshot of a warehouse to the next, and why the sales in (desde, hasta] are not known to be complete; NULL if they are:
-- slices that were read after the interval ended cover all of it.
CREATE VIEW descuadres_intervalos AS
  SELECT s.ubicacion_id, s.almacen_codigo, (s.extraccion AT TIME ZONE 'America/Caracas')::date AS dia, r.desde, s.extraccion AS hasta,
         CASE WHEN c.cubierto IS NULL OR c.cubierto < s.extraccion - r.desde THEN 'ventas_sin_leer'
              WHEN c.rechazadas > 0 THEN 'ventas_rechazadas' END AS motivo
    FROM almacen_snapshots s
   CROSS JOIN LATERAL (
         SELECT extraccion AS desde FROM almacen_snapshots
          WHERE almacen_codigo = s.almacen_codigo AND extraccion < s.extraccion ORDER BY extraccion DESC LIMIT 1) AS r
   CROSS JOIN LATERAL (
         SELECT sum(least(t.fin, s.extraccion) - greatest(t.inicio, r.desde)) FILTER (WHERE t.leido > s.extraccion) AS cubierto,
                sum(t.rechazadas) AS rechazadas
           FROM (SELECT (dia + desde) AT TIME ZONE 'America/Caracas' AS inicio, (dia + hasta) AT TIME ZONE 'America/Caracas' AS fin, leido, rechazadas
                   FROM ventas_tramos
                  WHERE ubicacion_id = s.ubicacion_id
                    AND dia BETWEEN (r.desde AT TIME ZONE 'America/Caracas')::date AND (s.extraccion AT TIME ZONE 'America/Caracas')::date) AS t
          WHERE t.inicio < s.extraccion AND t.fin > r.desde) AS c;

-- What moved in a warehouse of a store in intervals between its snapshots, which are given in order: the stock of an article before and after, what was sold, in
-- base units, and why the two cannot be compared: no row of the article was accepted at one end, or it was not in the inventory. The versions and the lines
-- of all intervals are read once. In PL/pgSQL, which keeps the plan.
CREATE FUNCTION movimientos_de(tienda text, almacen text, desde timestamptz[], hasta timestamptz[])
RETURNS TABLE (producto_id text, inicio timestamptz, fin timestamptz, existencia_antes numeric, existencia_despues numeric, vendido numeric, motivo text)
LANGUAGE plpgsql STABLE COST 1000000 ROWS 10000
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
DECLARE
  primero timestamptz := $4[1];
  ultimo timestamptz := $4[cardinality($4)];
BEGIN
  RETURN QUERY
    WITH versiones AS MATERIALIZED (
      SELECT v.producto_id, v.cantidad, v.vigente_desde, v.vigente_hasta
        FROM public.casillas_de(primero, ultimo) AS c
        JOIN public.inventario_versiones v
          ON v.almacen_codigo = $2 AND v.casilla = ANY (c.casillas)
         AND v.vigente_hasta >= primero AND v.vigente_hasta < c.fin AND v.vigente_desde <= ultimo
      UNION ALL
      SELECT producto_id, cantidad, vigente_desde, 'infinity' FROM public.inventario_vigente WHERE almacen_codigo = $2 AND vigente_desde <= ultimo
    ), movidas AS (
      SELECT producto_id, momento, sum(antes) AS antes, sum(despues) AS despues, sum(vendido) AS vendido, bool_or(sin_confirmar) AS sin_confirmar
        FROM (SELECT producto_id, vigente_hasta AS momento, cantidad AS antes, NULL AS despues, 0 AS vendido, false AS sin_confirmar
                FROM versiones WHERE vigente_hasta = ANY ($4)
              UNION ALL
              SELECT producto_id, vigente_desde, NULL, cantidad, 0, false FROM versiones WHERE vigente_desde = ANY ($4)
              UNION ALL
              SELECT producto_id, $4[intervalo], NULL, NULL, coalesce(total_cantidad_por_unidad_medida, cantidad_vendida), false
                FROM (SELECT producto_id, fecha_venta, total_cantidad_por_unidad_medida, cantidad_vendida,
                             -- The last interval that begins before the line; a bucket would take its beginning in.
                             width_bucket(fecha_venta - interval '1 microsecond', $3) AS intervalo
                        FROM public.ventas
                       WHERE ubicacion_id = $1 AND almacen_codigo = $2
                         AND dia BETWEEN ($3[1] AT TIME ZONE 'America/Caracas')::date AND (ultimo AT TIME ZONE 'America/Caracas')::date
                         AND fecha_venta > $3[1] AND fecha_venta <= ultimo) AS l
               WHERE fecha_venta <= $4[intervalo]
              UNION ALL
              SELECT u.producto_id, i.hasta, NULL, NULL, 0, true
                FROM unnest($3, $4) AS i (desde, hasta)
                JOIN public.inventario_sin_confirmar u
                  ON u.almacen_codigo = $2 AND u.confirmado < i.hasta AND coalesce(u.reconfirmado, 'infinity') > i.desde) AS m
       GROUP BY producto_id, momento
    )
    SELECT m.producto_id::text, $3[array_position($4, m.momento)], m.momento, coalesce(m.antes, v.cantidad), coalesce(m.despues, v.cantidad), m.vendido,
           CASE WHEN m.sin_confirmar THEN 'articulo_sin_confirmar'
                WHEN coalesce(m.antes, v.cantidad) IS NULL OR coalesce(m.despues, v.cantidad) IS NULL THEN 'articulo_sin_existencia' END
      FROM movidas m
      -- The stock of what was sold without a change of it.
      LEFT JOIN versiones v
        ON m.antes IS NULL AND m.despues IS NULL
       AND v.producto_id = m.producto_id AND v.vigente_desde < m.momento AND v.vigente_hasta > m.momento;
END
$$;

-- Where change of stock and sales do not match, in intervals whose sales are complete: diferencia arrived or, below zero, is missing. It adds up over
-- intervals, so that a sale that KLK takes off its stock a little earlier or later cancels out. All intervals of a day are answered at once: ask by day.
CREATE VIEW descuadres AS
  SELECT i.ubicacion_id, i.almacen_codigo, m.producto_id, i.dia, m.inicio AS desde, m.fin AS hasta, m.existencia_antes, m.existencia_despues, m.vendido,
         m.existencia_despues - m.existencia_antes + m.vendido AS diferencia
    FROM (SELECT ubicacion_id, almacen_codigo, dia, array_agg(desde ORDER BY hasta) AS desde, array_agg(hasta ORDER BY hasta) AS hasta
            FROM descuadres_intervalos WHERE motivo IS NULL
           GROUP BY ubicacion_id, almacen_codigo, dia) AS i
   CROSS JOIN LATERAL movimientos_de(i.ubicacion_id, i.almacen_codigo, i.desde, i.hasta) AS m
   WHERE m.motivo IS NULL AND m.existencia_despues - m.existencia_antes + m.vendido <> 0;

-- What descuadres leaves out, and why: an interval (producto_id NULL), or an article in an interval whose sales are complete.
CREATE VIEW descuadres_sin_evaluar AS
  SELECT ubicacion_id, almacen_codigo, NULL::text AS producto_id, dia, desde, hasta, motivo FROM descuadres_intervalos WHERE motivo IS NOT NULL
  UNION ALL
  SELECT i.ubicacion_id, i.almacen_codigo, m.producto_id, i.dia, m.inicio, m.fin, m.motivo
    FROM (SELECT ubicacion_id, almacen_codigo, dia, array_agg(desde ORDER BY hasta) AS desde, array_agg(hasta ORDER BY hasta) AS hasta
            FROM descuadres_intervalos WHERE motivo IS NULL
           GROUP BY ubicacion_id, almacen_codigo, dia) AS i
   CROSS JOIN LATERAL movimientos_de(i.ubicacion_id, i.almacen_codigo, i.desde, i.hasta) AS m
   WHERE m.motivo IS NOT NULL;
