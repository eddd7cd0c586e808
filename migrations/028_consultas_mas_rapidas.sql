-- Three functions that give the answers they gave and read less.

-- mejores_sin_existencia (027) reads the 40 best of each store first and all 200 only where those do not settle the answer: a store's next article sells at most
-- what its 40th does, so that the answer is settled once it is full and its last article sells more than the 40th of every store.
CREATE OR REPLACE FUNCTION consultas.mejores_sin_existencia(hoy date, tiendas text[], maximo integer)
RETURNS TABLE (tienda text, codigo text, nombre text, categoria text, marca text, venta_28 numeric, desde timestamptz, conocido boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  por_tienda integer;
  decidido boolean;
  tiendas_halladas text[];
  codigos_hallados text[];
  ventas_halladas numeric[];
BEGIN
  FOREACH por_tienda IN ARRAY ARRAY[40, 200] LOOP
    WITH candidatos AS MATERIALIZED (
      SELECT t.ubicacion_id, t.almacenes, v.producto_id, v.venta_28::numeric AS venta_28
        FROM (SELECT ubicacion_id, array_agg(codigo::text) AS almacenes,
                     EXISTS (SELECT FROM public.ventas_recientes_hasta h WHERE h.ubicacion_id = a.ubicacion_id AND h.hasta = $1 - 1) AS sumada
                FROM public.almacenes a WHERE ubicacion_id = ANY ($2) AND activo GROUP BY ubicacion_id) AS t
       CROSS JOIN LATERAL (
             (SELECT producto_id, venta_28 FROM public.ventas_recientes
               WHERE t.sumada AND ubicacion_id = t.ubicacion_id AND venta_28 > 0 ORDER BY venta_28 DESC, producto_id LIMIT por_tienda)
             UNION ALL
             (SELECT producto, venta_28 FROM consultas.ventas_recientes(ARRAY[t.ubicacion_id::text], NULL, $1)
               WHERE NOT t.sumada AND venta_28 > 0 ORDER BY venta_28 DESC, producto LIMIT por_tienda)) AS v
    ), hallados AS MATERIALIZED (
      SELECT m.ubicacion_id, m.producto_id, m.venta_28
        FROM (SELECT * FROM candidatos ORDER BY venta_28 DESC, ubicacion_id, producto_id) AS m
       CROSS JOIN LATERAL (
             SELECT FROM public.inventario_vigente WHERE almacen_codigo = ANY (m.almacenes) AND producto_id = m.producto_id
             HAVING max(cantidad) <= 0) AS e
       ORDER BY m.venta_28 DESC, m.ubicacion_id, m.producto_id
       LIMIT $3
    )
    SELECT por_tienda = 200 OR count(*) = $3
                               AND min(venta_28) > ALL (SELECT min(venta_28) FROM candidatos GROUP BY ubicacion_id HAVING count(*) = por_tienda),
           array_agg(ubicacion_id::text), array_agg(producto_id::text), array_agg(venta_28)
      INTO decidido, tiendas_halladas, codigos_hallados, ventas_halladas
      FROM hallados;
    EXIT WHEN decidido;
  END LOOP;
  RETURN QUERY
    SELECT m.ubicacion_id, m.producto_id, p.nombre, p.categoria, p.marca, m.venta_28, g.desde, g.conocido
      FROM unnest(tiendas_halladas, codigos_hallados, ventas_halladas) AS m (ubicacion_id, producto_id, venta_28)
      JOIN public.productos p ON p.id = m.producto_id
     CROSS JOIN LATERAL (
           -- Of several warehouses the last that ran out counts, as in `agotados`.
           SELECT g.desde, g.conocido
             FROM public.almacenes a JOIN public.inventario_agotado g ON g.almacen_codigo = a.codigo AND g.producto_id = m.producto_id
            WHERE a.ubicacion_id = m.ubicacion_id AND a.activo
            ORDER BY g.desde DESC, g.almacen_codigo LIMIT 1) AS g
     ORDER BY m.venta_28 DESC, m.ubicacion_id COLLATE "C", m.producto_id COLLATE "C";
END
$$;

-- articulo_movimientos (023) looks up the snapshot of a line once, and the stock between two changes by its place in an array; an article that moves often was compared
-- with each of its versions. No join is a nested loop where another kind is possible: the planner expects one row of each step.
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
      -- The snapshots of each warehouse, and which of them are of this store. The first interval may have begun before the first day.
      SELECT a.codigo AS almacen, s.momentos, s.suyos, s.momentos[1] AS primero, (s.momentos[1] AT TIME ZONE 'America/Caracas')::date AS primer_dia
        FROM public.almacenes a
       CROSS JOIN LATERAL (
             SELECT array_agg(extraccion ORDER BY extraccion) AS momentos, array_agg(ubicacion_id = $1 ORDER BY extraccion) AS suyos
               FROM public.almacen_snapshots
              WHERE almacen_codigo = a.codigo AND extraccion < final
                AND extraccion >= coalesce((SELECT max(extraccion) FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo AND extraccion < principio), principio)) AS s
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
       WHERE ubicacion_id = $1 AND dia BETWEEN $3 - 1 AND $4
       GROUP BY dia
      HAVING sum(hasta - desde) = interval '24 hours' AND sum(rechazadas) = 0 AND bool_and(leido IS NOT NULL)
    ), intervalos AS MATERIALIZED (
      SELECT m.almacen, m.momento, m.antes, m.despues, m.vendido, a.momentos[p.n - 1] AS desde,
             (a.momentos[p.n - 1] AT TIME ZONE 'America/Caracas')::date AS primer_dia, (m.momento AT TIME ZONE 'America/Caracas')::date AS dia
        FROM movidas m
        JOIN propios a ON a.almacen = m.almacen
       CROSS JOIN LATERAL (SELECT width_bucket(m.momento, a.momentos) AS n) AS p
       WHERE p.n > 1 AND a.momentos[p.n] = m.momento AND a.suyos[p.n]
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

-- versiones_de (010) looks for the version that was in force at the end of a period only where a snapshot came after it: a version ends at a snapshot of its
-- warehouse, and most periods that are asked for end after the last one.
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
      FROM (SELECT greatest(mes, desde) AS inicio, least(date_add(mes, interval '1 month', 'UTC'), hasta) AS fin
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
