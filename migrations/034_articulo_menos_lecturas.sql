-- articulo_movimientos (028) compares store and day as one value. With two conditions the planner reads these days of all stores in the index of the days.
CREATE OR REPLACE FUNCTION consultas.articulo_movimientos(tienda text, codigo text, desde date, hasta date)
RETURNS TABLE (almacen text, inicio timestamptz, fin timestamptz, diferencia numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_nestloop = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  principio timestamptz := $3::timestamp AT TIME ZONE 'America/Caracas';
  final timestamptz := ($4 + 1)::timestamp AT TIME ZONE 'America/Caracas';
BEGIN
  RETURN QUERY
    WITH propios AS MATERIALIZED (
      -- The snapshots of each warehouse, and those of this store, each from an index alone. The first interval may have begun before the first day.
      SELECT a.codigo AS almacen, s.momentos, s.suyos, s.momentos[1] AS primero, (s.momentos[1] AT TIME ZONE 'America/Caracas')::date AS primer_dia
        FROM public.almacenes a
       CROSS JOIN LATERAL (
             SELECT coalesce((SELECT max(extraccion) FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo AND extraccion < principio), principio) AS desde OFFSET 0) AS d
       CROSS JOIN LATERAL (
             SELECT ARRAY(SELECT extraccion FROM public.almacen_snapshots
                           WHERE almacen_codigo = a.codigo AND extraccion >= d.desde AND extraccion < final ORDER BY extraccion) AS momentos,
                    ARRAY(SELECT extraccion FROM public.almacen_snapshots
                           WHERE almacen_codigo = a.codigo AND ubicacion_id = $1 AND extraccion >= d.desde AND extraccion < final ORDER BY extraccion) AS suyos OFFSET 0) AS s
       WHERE EXISTS (SELECT FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo AND ubicacion_id = $1 OFFSET 0)
    ), versiones AS MATERIALIZED (
      SELECT a.almacen, v.cantidad, v.vigente_desde, v.vigente_hasta
        FROM propios a
       CROSS JOIN LATERAL (
             SELECT cantidad, vigente_desde, vigente_hasta FROM public.versiones_de(a.almacen, $2, a.primero, final)
             UNION ALL
             SELECT cantidad, vigente_desde, 'infinity' FROM public.inventario_vigente WHERE almacen_codigo = a.almacen AND producto_id = $2) AS v
    ), existencias AS MATERIALIZED (
      SELECT almacen, array_agg(vigente_desde ORDER BY vigente_desde) AS inicios, array_agg(vigente_hasta ORDER BY vigente_desde) AS finales,
             array_agg(cantidad ORDER BY vigente_desde) AS cantidades
        FROM versiones GROUP BY almacen
    ), movidas AS MATERIALIZED (
      SELECT almacen, momento, sum(antes) AS antes, sum(despues) AS despues, sum(vendido) AS vendido
        FROM (SELECT almacen, vigente_hasta AS momento, cantidad AS antes, NULL AS despues, 0 AS vendido FROM versiones
              UNION ALL
              SELECT almacen, vigente_desde, NULL, cantidad, 0 FROM versiones
              UNION ALL
              -- The first snapshot that is not before the line; a bucket would take its beginning in.
              SELECT a.almacen, l.momento, NULL, NULL, l.cantidad
                FROM propios a
               CROSS JOIN generate_series(0, $4 - a.primer_dia) AS d
               -- OFFSET 0 keeps the planner from reading what the article sold on all days there ever were, and from looking a line's snapshot up several times.
               CROSS JOIN LATERAL (
                     SELECT a.momentos[1 + width_bucket(fecha_venta - interval '1 microsecond', a.momentos)] AS momento,
                            coalesce(total_cantidad_por_unidad_medida, cantidad_vendida) AS cantidad
                       FROM public.ventas
                      WHERE ubicacion_id = $1 AND dia = a.primer_dia + d AND producto_id = $2 AND almacen_codigo = a.almacen AND fecha_venta > a.primero OFFSET 0) AS l) AS m
       WHERE momento >= principio AND momento < final
       GROUP BY almacen, momento
    ), leidos AS MATERIALIZED (
      -- Days of which every slice is read without a refused line, and since when: intervals in them need no look at their slices.
      SELECT dia, min(leido) AS leido FROM public.ventas_tramos
       WHERE (ubicacion_id, dia) >= ($1, $3 - 1) AND (ubicacion_id, dia) <= ($1, $4)
       GROUP BY dia
      HAVING sum(hasta - desde) = interval '24 hours' AND sum(rechazadas) = 0 AND bool_and(leido IS NOT NULL)
    ), intervalos AS MATERIALIZED (
      SELECT m.almacen, m.momento, m.antes, m.despues, m.vendido, a.momentos[p.n - 1] AS desde,
             (a.momentos[p.n - 1] AT TIME ZONE 'America/Caracas')::date AS primer_dia, (m.momento AT TIME ZONE 'America/Caracas')::date AS dia
        FROM movidas m
        JOIN propios a ON a.almacen = m.almacen
       CROSS JOIN LATERAL (SELECT width_bucket(m.momento, a.momentos) AS n) AS p
       WHERE p.n > 1 AND a.momentos[p.n] = m.momento AND a.suyos[width_bucket(m.momento, a.suyos)] = m.momento
    ), diferencias AS (
      SELECT i.almacen, i.dia, i.desde, i.momento AS hasta, coalesce(i.despues, v.cantidad) - coalesce(i.antes, v.cantidad) + i.vendido AS diferencia
        FROM intervalos i
        LEFT JOIN leidos p ON p.dia = i.primer_dia AND p.leido > i.momento
        LEFT JOIN leidos u ON u.dia = i.dia AND u.leido > i.momento
        -- The stock of what was sold without a change of it.
        LEFT JOIN LATERAL (
             SELECT e.cantidades[p.n] AS cantidad
               FROM existencias e CROSS JOIN LATERAL (SELECT width_bucket(i.momento, e.inicios) AS n) AS p
              WHERE i.antes IS NULL AND i.despues IS NULL AND e.almacen = i.almacen AND e.finales[p.n] > i.momento) AS v ON true
       WHERE (p.dia = i.primer_dia AND u.dia = i.dia
              OR EXISTS (SELECT FROM public.descuadres_intervalos WHERE almacen_codigo = i.almacen AND hasta = i.momento AND motivo IS NULL OFFSET 0))
         AND NOT EXISTS (
             SELECT FROM public.inventario_sin_confirmar c
              WHERE c.almacen_codigo = i.almacen AND c.producto_id = $2 AND c.confirmado < i.momento AND coalesce(c.reconfirmado, 'infinity') > i.desde)
    )
    SELECT d.almacen::text, min(d.desde), max(d.hasta), sum(d.diferencia)
      FROM diferencias d
     WHERE d.diferencia <> 0
     GROUP BY d.almacen, d.dia
    HAVING sum(d.diferencia) <> 0
     ORDER BY d.almacen, d.dia;
END
$$;

-- versiones_de (028) ends a month one microsecond earlier, at its last moment: a version that ends when the next month begins is in the partition of that
-- month, and both partitions were searched for every class.
CREATE OR REPLACE FUNCTION versiones_de(almacen text, producto text, desde timestamptz, hasta timestamptz)
RETURNS SETOF inventario_versiones
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
DECLARE
  tramo record;
BEGIN
  FOR tramo IN
    SELECT 0 AS clase, ARRAY(SELECT unnest(c.casillas) FROM public.casillas_de(m.inicio, m.fin) AS c) AS casillas, m.inicio, m.fin
      FROM (SELECT greatest(mes - interval '1 microsecond', desde) AS inicio,
                   least(date_add(mes, interval '1 month', 'UTC') - interval '1 microsecond', hasta) AS fin
              FROM generate_series(date_trunc('month', desde, 'UTC'), hasta, interval '1 month', 'UTC') AS mes) AS m
    UNION ALL
    SELECT c.clase, c.casillas, hasta, c.fin FROM public.casillas_de(hasta, hasta) WITH ORDINALITY AS c (casillas, fin, clase)
     WHERE EXISTS (SELECT FROM public.almacen_snapshots WHERE almacen_codigo = almacen AND extraccion > hasta)
     ORDER BY clase, inicio
  LOOP
    RETURN QUERY
      SELECT v.* FROM public.inventario_versiones v
       WHERE v.almacen_codigo = almacen AND v.casilla = ANY (tramo.casillas) AND v.producto_id = producto
         AND v.vigente_hasta > tramo.inicio AND v.vigente_hasta <= tramo.fin AND v.vigente_desde < hasta;
    -- One version of an article at most is in force at the end of the period.
    EXIT WHEN tramo.clase > 0 AND FOUND;
  END LOOP;
END
$$;
