-- What people search by and order by: name, code and barcode of an article without accents, in small letters. The name comes first and ends before every letter,
-- so that the order of this text is that of the names.
CREATE FUNCTION sin_acentos(texto text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(translate(texto, 'ÁÀÂÄÃÅáàâäãåÉÈÊËéèêëÍÌÎÏíìîïÓÒÔÖÕóòôöõÚÙÛÜúùûüÑñÇç', 'AAAAAAaaaaaaEEEEeeeeIIIIiiiiOOOOOoooooUUUUuuuuNnCc'));

ALTER TABLE productos
  ADD COLUMN busqueda text COLLATE "C" NOT NULL
  GENERATED ALWAYS AS (sin_acentos(nombre || E'\n' || codigo || E'\n' || coalesce(codigo_barras, ''))) STORED;

-- What each article sold in the 7 and 28 days of a store that end with `hasta`: a list of a store by days of cover reads a row an article instead of 28.
-- The database keeps it: what is written to ventas_diarias is added (sumar_ventas_recientes), and a store's first reading of the ledger after midnight counts
-- its rows anew (avanzar_ventas_recientes). Of a store whose `hasta` is not yesterday nothing of this is used.
CREATE TABLE ventas_recientes (
  ubicacion_id codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  unidades_7 decimal_finito NOT NULL,
  kilos_7 decimal_finito NOT NULL,
  unidades_28 decimal_finito NOT NULL,
  kilos_28 decimal_finito NOT NULL,
  venta_28 decimal_finito NOT NULL,
  PRIMARY KEY (ubicacion_id, producto_id)
);

CREATE TABLE ventas_recientes_hasta (
  ubicacion_id codigo_exacto PRIMARY KEY,
  hasta date NOT NULL
);

-- Adds what a statement brought to ventas_diarias (argument 1) or took from it (-1). Whoever writes sales of a store shares its row until COMMIT, so that
-- nobody counts its rows anew without seeing them.
CREATE FUNCTION sumar_ventas_recientes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
DECLARE
  signo integer := TG_ARGV[0];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE public.ventas_recientes, public.ventas_recientes_hasta;
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM cambiadas) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.ventas_recientes_hasta (ubicacion_id, hasta)
  SELECT DISTINCT ubicacion_id, date '-infinity' FROM cambiadas ORDER BY ubicacion_id
  ON CONFLICT DO NOTHING;
  PERFORM FROM public.ventas_recientes_hasta WHERE ubicacion_id IN (SELECT ubicacion_id FROM cambiadas) ORDER BY ubicacion_id FOR SHARE;
  INSERT INTO public.ventas_recientes AS r (ubicacion_id, producto_id, unidades_7, kilos_7, unidades_28, kilos_28, venta_28)
  SELECT c.ubicacion_id, c.producto_id,
         signo * coalesce(sum(c.unidades) FILTER (WHERE c.dia > h.hasta - 7), 0), signo * coalesce(sum(c.kilos) FILTER (WHERE c.dia > h.hasta - 7), 0),
         signo * sum(c.unidades), signo * sum(c.kilos), signo * sum(c.venta_total)
    FROM cambiadas c
    JOIN public.ventas_recientes_hasta h ON h.ubicacion_id = c.ubicacion_id AND c.dia BETWEEN h.hasta - 27 AND h.hasta
   GROUP BY c.ubicacion_id, c.producto_id
   ORDER BY c.ubicacion_id, c.producto_id
  ON CONFLICT (ubicacion_id, producto_id) DO UPDATE
     SET unidades_7 = r.unidades_7 + excluded.unidades_7, kilos_7 = r.kilos_7 + excluded.kilos_7,
         unidades_28 = r.unidades_28 + excluded.unidades_28, kilos_28 = r.kilos_28 + excluded.kilos_28, venta_28 = r.venta_28 + excluded.venta_28;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION sumar_ventas_recientes() FROM PUBLIC;

CREATE TRIGGER sumar_recientes_nuevas AFTER INSERT ON ventas_diarias
  REFERENCING NEW TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_recientes('1');
CREATE TRIGGER sumar_recientes_retiradas AFTER DELETE ON ventas_diarias
  REFERENCING OLD TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_recientes('-1');
CREATE TRIGGER sumar_recientes_antes AFTER UPDATE ON ventas_diarias
  REFERENCING OLD TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_recientes('-1');
CREATE TRIGGER sumar_recientes_despues AFTER UPDATE ON ventas_diarias
  REFERENCING NEW TABLE AS cambiadas FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_recientes('1');
CREATE TRIGGER sumar_recientes_vaciadas AFTER TRUNCATE ON ventas_diarias
  FOR EACH STATEMENT EXECUTE FUNCTION sumar_ventas_recientes('0');

-- Counts the rows of a store anew, up to a later day than before. Nothing happens while somebody writes sales of the store: the next one tries again.
CREATE FUNCTION avanzar_ventas_recientes(tienda text, hasta date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO public.ventas_recientes_hasta (ubicacion_id, hasta) VALUES ($1, '-infinity') ON CONFLICT DO NOTHING;
  PERFORM FROM public.ventas_recientes_hasta WHERE ubicacion_id = $1 AND hasta < $2 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  DELETE FROM public.ventas_recientes WHERE ubicacion_id = $1;
  INSERT INTO public.ventas_recientes (ubicacion_id, producto_id, unidades_7, kilos_7, unidades_28, kilos_28, venta_28)
  SELECT ubicacion_id, producto_id, coalesce(sum(unidades) FILTER (WHERE dia > $2 - 7), 0), coalesce(sum(kilos) FILTER (WHERE dia > $2 - 7), 0),
         sum(unidades), sum(kilos), sum(venta_total)
    FROM public.ventas_diarias
   WHERE ubicacion_id = $1 AND dia BETWEEN $2 - 27 AND $2
   GROUP BY ubicacion_id, producto_id
   ORDER BY producto_id;
  UPDATE public.ventas_recientes_hasta SET hasta = $2 WHERE ubicacion_id = $1;
END
$$;

REVOKE ALL ON FUNCTION avanzar_ventas_recientes(text, date) FROM PUBLIC;

CREATE FUNCTION avanzar_tiendas_leidas() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
DECLARE
  ayer date := (now() AT TIME ZONE 'America/Caracas')::date - 1;
BEGIN
  PERFORM public.avanzar_ventas_recientes(l.ubicacion_id, ayer)
     FROM (SELECT DISTINCT ubicacion_id FROM leidos ORDER BY ubicacion_id) AS l
     LEFT JOIN public.ventas_recientes_hasta h ON h.ubicacion_id = l.ubicacion_id
    WHERE h.hasta IS NULL OR h.hasta < ayer;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION avanzar_tiendas_leidas() FROM PUBLIC;

CREATE TRIGGER avanzar_recientes_nuevos AFTER INSERT ON ventas_tramos
  REFERENCING NEW TABLE AS leidos FOR EACH STATEMENT EXECUTE FUNCTION avanzar_tiendas_leidas();
CREATE TRIGGER avanzar_recientes_leidos AFTER UPDATE ON ventas_tramos
  REFERENCING NEW TABLE AS leidos FOR EACH STATEMENT EXECUTE FUNCTION avanzar_tiendas_leidas();

SELECT avanzar_ventas_recientes(id, (now() AT TIME ZONE 'America/Caracas')::date - 1) FROM ubicaciones;

-- What articles sold in the 7 and the 28 whole days before `hoy`; all articles that sold anything, unless `productos` names some.
CREATE FUNCTION consultas.ventas_recientes(tiendas text[], productos text[], hoy date)
RETURNS TABLE (tienda text, producto text, unidades_7 numeric, kilos_7 numeric, unidades_28 numeric, kilos_28 numeric, venta_28 numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3000
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
DECLARE
  sumadas text[] := ARRAY(SELECT ubicacion_id::text FROM public.ventas_recientes_hasta WHERE ubicacion_id = ANY ($1) AND hasta = $3 - 1);
  otras text[] := ARRAY(SELECT t FROM unnest($1) AS t WHERE t <> ALL (sumadas));
BEGIN
  IF $2 IS NULL THEN
    RETURN QUERY
      SELECT r.ubicacion_id::text, r.producto_id::text, r.unidades_7::numeric, r.kilos_7::numeric, r.unidades_28::numeric, r.kilos_28::numeric, r.venta_28::numeric
        FROM public.ventas_recientes r WHERE r.ubicacion_id = ANY (sumadas);
  ELSE
    RETURN QUERY
      SELECT r.ubicacion_id::text, r.producto_id::text, r.unidades_7::numeric, r.kilos_7::numeric, r.unidades_28::numeric, r.kilos_28::numeric, r.venta_28::numeric
        FROM public.ventas_recientes r WHERE r.ubicacion_id = ANY (sumadas) AND r.producto_id = ANY ($2);
  END IF;
  IF cardinality(otras) > 0 THEN
    RETURN QUERY
      SELECT d.ubicacion_id::text, d.producto_id::text,
             coalesce(sum(d.unidades) FILTER (WHERE d.dia >= $3 - 7), 0), coalesce(sum(d.kilos) FILTER (WHERE d.dia >= $3 - 7), 0),
             sum(d.unidades), sum(d.kilos), sum(d.venta_total)
        FROM public.ventas_diarias d
       WHERE d.ubicacion_id = ANY (otras) AND d.dia BETWEEN $3 - 28 AND $3 - 1 AND ($2 IS NULL OR d.producto_id = ANY ($2))
       GROUP BY d.ubicacion_id, d.producto_id;
  END IF;
END
$$;

-- In what an article is counted: as it was sold and, if it was not, by its group. `mixto` was sold both by the kilo and by the unit.
CREATE FUNCTION consultas.unidad(unidades numeric, kilos numeric, grupo text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN unidades <> 0 AND kilos <> 0 THEN 'mixto'
            WHEN kilos <> 0 THEN 'kg'
            WHEN unidades <> 0 THEN 'und'
            WHEN grupo ILIKE '%PESO%' THEN 'kg'
            ELSE 'und' END;

-- Units, or kilos: never their sum. Of what was sold both ways, the larger.
CREATE FUNCTION consultas.cantidad_vendida(unidades numeric, kilos numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN kilos <> 0 AND (unidades = 0 OR kilos > unidades) THEN kilos ELSE unidades END;

-- For how many days the stock lasts if as much is sold as in the last 28 days; nothing is left of a negative stock. NULL when nothing was sold, or both by the
-- kilo and by the unit.
CREATE FUNCTION consultas.dias_cobertura(cantidad numeric, unidades numeric, kilos numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (unidades = 0 OR kilos = 0) AND unidades + kilos > 0 THEN round(greatest(cantidad, 0) * 28 / (unidades + kilos), 1) END;

-- An article in all warehouses. What changes of a row is not in it, so that updates stay HOT.
CREATE INDEX inventario_vigente_producto_idx ON inventario_vigente (producto_id, almacen_codigo);

-- Where some articles lie: of each, every one of these warehouses that has more than zero, with its store and its stock, as JSON. OFFSET 0 keeps the planner from
-- looking up each article in each warehouse.
CREATE FUNCTION consultas.donde_hay(almacenes text[], productos text[]) RETURNS TABLE (producto text, lugares json)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_bitmapscan = off SET enable_seqscan = off SET jit = off AS $$
BEGIN
  RETURN QUERY
    SELECT i.producto_id::text, json_agg(json_build_array(i.almacen_codigo, i.ubicacion_id, round(i.cantidad, 3)))
      FROM (SELECT * FROM public.inventario_vigente WHERE producto_id = ANY ($2) AND cantidad > 0 OFFSET 0) AS i
     WHERE i.almacen_codigo = ANY ($1)
     GROUP BY i.producto_id;
END
$$;

-- The open warehouses of these stores; of all open ones without.
CREATE FUNCTION consultas.almacenes_de(tiendas text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp BEGIN ATOMIC
  SELECT coalesce(array_agg(a.codigo::text ORDER BY a.codigo), '{}')
    FROM almacenes a JOIN ubicaciones u ON u.id = a.ubicacion_id
   WHERE a.activo AND u.activo AND (tiendas IS NULL OR u.id = ANY (tiendas));
END;

-- A page of the stock by code, after a code and a warehouse. Articles are taken in the order of their index until the page is full.
CREATE FUNCTION consultas.existencias_por_codigo(
  almacenes text[], patrones text[], estado text, categoria text, marca text, tras_codigo text, tras_almacen text, limite integer)
RETURNS TABLE (tienda text, almacen text, codigo text, cantidad numeric, precio numeric, iva numeric, desde timestamptz, numero numeric, texto text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_hashjoin = off SET enable_mergejoin = off SET enable_sort = off SET enable_bitmapscan = off
SET enable_material = off SET enable_memoize = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT i.ubicacion_id::text, i.almacen_codigo::text, p.id::text, i.cantidad::numeric, i.precio_venta::numeric, i.iva::numeric, coalesce(i.existencia_desde, i.vigente_desde),
           NULL::numeric, NULL::text
      FROM public.productos p
      JOIN public.inventario_vigente i ON i.producto_id = p.id AND i.almacen_codigo = ANY ($1)
     WHERE p.id >= coalesce($6, '') AND ($6 IS NULL OR p.id > $6 OR i.almacen_codigo > $7)
       AND p.busqueda LIKE ALL ($2)
       AND ($4 IS NULL OR p.categoria = $4) AND ($5 IS NULL OR p.marca = $5)
       AND CASE $3 WHEN 'con' THEN i.cantidad > 0 WHEN 'agotado' THEN i.cantidad = 0 WHEN 'negativo' THEN i.cantidad < 0 ELSE true END
     ORDER BY p.id, i.almacen_codigo
     LIMIT $8;
END
$$;

-- A page of the stock in another order, after its key: a number, or the beginning of a name, NULL last, then code and warehouse.
CREATE FUNCTION consultas.existencias_ordenadas(
  hoy date, tiendas text[], almacenes text[], patrones text[], estado text, categoria text, marca text, orden text,
  tras_numero numeric, tras_texto text, tras_codigo text, tras_almacen text, limite integer)
RETURNS TABLE (tienda text, almacen text, codigo text, cantidad numeric, precio numeric, iva numeric, desde timestamptz, numero numeric, texto text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_nestloop = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT f.tienda, f.almacen, f.codigo, f.cantidad, f.precio, f.iva, f.desde, f.numero, f.texto
      FROM (
        SELECT i.ubicacion_id::text AS tienda, i.almacen_codigo::text COLLATE "C" AS almacen, i.producto_id::text COLLATE "C" AS codigo,
               i.cantidad::numeric AS cantidad, i.precio_venta::numeric AS precio, i.iva::numeric AS iva, coalesce(i.existencia_desde, i.vigente_desde) AS desde,
               CASE $8 WHEN 'cantidad' THEN i.cantidad
                       WHEN '-cantidad' THEN -i.cantidad
                       WHEN 'cobertura' THEN consultas.dias_cobertura(i.cantidad, v.unidades_28, v.kilos_28)
                       WHEN '-cobertura' THEN -consultas.dias_cobertura(i.cantidad, v.unidades_28, v.kilos_28)
                       WHEN '-ventas' THEN -consultas.cantidad_vendida(coalesce(v.unidades_28, 0), coalesce(v.kilos_28, 0))
               END AS numero,
               CASE $8 WHEN 'nombre' THEN left(p.busqueda, 120) END AS texto
          FROM public.inventario_vigente i
          JOIN public.productos p ON p.id = i.producto_id
          -- Only what needs them reads the sales.
          LEFT JOIN consultas.ventas_recientes(CASE WHEN $5 = 'sin-ventas' OR $8 LIKE '%cobertura' OR $8 = '-ventas' THEN $2 ELSE '{}' END, NULL, $1) AS v
            ON v.tienda = i.ubicacion_id AND v.producto = i.producto_id
         WHERE i.almacen_codigo = ANY ($3)
           AND p.busqueda LIKE ALL ($4)
           AND ($6 IS NULL OR p.categoria = $6) AND ($7 IS NULL OR p.marca = $7)
           AND CASE $5 WHEN 'con' THEN i.cantidad > 0 WHEN 'agotado' THEN i.cantidad = 0 WHEN 'negativo' THEN i.cantidad < 0
                       WHEN 'sin-ventas' THEN i.cantidad > 0 AND coalesce(v.unidades_28, 0) <= 0 AND coalesce(v.kilos_28, 0) <= 0 ELSE true END) AS f
     WHERE $11 IS NULL
        OR CASE WHEN f.numero IS NOT DISTINCT FROM $9 AND f.texto IS NOT DISTINCT FROM $10 THEN (f.codigo, f.almacen) > ($11, $12)
                WHEN $10 IS NOT NULL THEN f.texto > $10
                ELSE f.numero > $9 OR f.numero IS NULL END
     ORDER BY f.numero NULLS LAST, f.texto, f.codigo, f.almacen
     LIMIT $13;
END
$$;

-- A page of the stock, in order, with everything that is said of a row. `orden` and `estado` are those of the API; `palabras` are patterns of LIKE, all of which an
-- article must match; the key is that of the last row of the page before.
CREATE FUNCTION consultas.existencias(
  hoy date, tiendas text[], palabras text[], estado text, categoria text, marca text, orden text,
  tras_numero numeric, tras_texto text, tras_codigo text, tras_almacen text, limite integer)
RETURNS TABLE (
  tienda text, almacen text, codigo text, nombre text, categoria_articulo text, marca_articulo text, cantidad numeric, desde timestamptz, precio numeric, iva numeric,
  ventas_7 numeric, ventas_28 numeric, unidad text, dias_cobertura numeric, lugares json, numero numeric, texto text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
DECLARE
  propios text[] := consultas.almacenes_de($2);
  todos text[] := consultas.almacenes_de(NULL);
  patrones text[] := ARRAY(SELECT public.sin_acentos(p) FROM unnest($3) AS p);
  -- Of few warehouses, those rows that few articles have are found faster by reading all.
  por_codigo boolean := $7 = 'codigo' AND $4 IS DISTINCT FROM 'sin-ventas' AND ($4 IS NULL OR $4 = 'con' OR cardinality(propios) > 3);
BEGIN
  RETURN QUERY
    WITH pagina AS MATERIALIZED (
      SELECT e.*, row_number() OVER () AS n
        FROM (SELECT * FROM consultas.existencias_por_codigo(propios, patrones, $4, $5, $6, $10, $11, $12)
               WHERE por_codigo
              UNION ALL
              SELECT * FROM consultas.existencias_ordenadas($1, $2, propios, patrones, $4, $5, $6, $7, $8, $9, $10, $11, $12)
               WHERE NOT por_codigo) AS e
    )
    SELECT g.tienda, g.almacen, g.codigo, p.nombre, p.categoria, p.marca, g.cantidad, g.desde, g.precio, g.iva,
           consultas.cantidad_vendida(coalesce(v.unidades_7, 0), coalesce(v.kilos_7, 0)),
           consultas.cantidad_vendida(coalesce(v.unidades_28, 0), coalesce(v.kilos_28, 0)),
           consultas.unidad(coalesce(v.unidades_28, 0), coalesce(v.kilos_28, 0), p.grupo_articulo),
           consultas.dias_cobertura(g.cantidad, v.unidades_28, v.kilos_28),
           coalesce(o.lugares, '[]'), g.numero, g.texto
      FROM pagina g
      JOIN public.productos p ON p.id = g.codigo
      LEFT JOIN consultas.donde_hay(todos, ARRAY(SELECT DISTINCT codigo FROM pagina)) AS o ON o.producto = g.codigo
      LEFT JOIN consultas.ventas_recientes(ARRAY(SELECT DISTINCT tienda FROM pagina), ARRAY(SELECT DISTINCT codigo FROM pagina), $1) AS v
        ON v.tienda = g.tienda AND v.producto = g.codigo
     ORDER BY g.n;
END
$$;

-- Since when a warehouse has nothing of an article, without a break, and since when less than nothing; a row for each of its rows at zero or less. It is `conocido` if
-- there was some before: an article that came without any may have been out for longer. The database keeps it, because it lies in
-- the versions, which would have to be read backwards one by one.
CREATE TABLE inventario_agotado (
  almacen_codigo codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  desde timestamptz NOT NULL,
  conocido boolean NOT NULL,
  negativo_desde timestamptz,
  PRIMARY KEY (almacen_codigo, producto_id)
);

-- Follows what a statement changed. Who writes rows of a warehouse holds its turn.
CREATE FUNCTION seguir_agotados() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM public.inventario_agotado;
  ELSIF TG_OP = 'DELETE' THEN
    DELETE FROM public.inventario_agotado g USING antes a
     WHERE g.almacen_codigo = a.almacen_codigo AND g.producto_id = a.producto_id AND a.cantidad <= 0;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO public.inventario_agotado (almacen_codigo, producto_id, desde, conocido, negativo_desde)
    SELECT almacen_codigo, producto_id, vigente_desde, false, CASE WHEN cantidad < 0 THEN vigente_desde END
      FROM despues WHERE cantidad <= 0 ORDER BY almacen_codigo, producto_id
    -- A row that somebody left behind, as a restore without triggers does, must not stop a load.
    ON CONFLICT (almacen_codigo, producto_id) DO UPDATE
       SET desde = excluded.desde, conocido = excluded.conocido, negativo_desde = excluded.negativo_desde;
  ELSE
    DELETE FROM public.inventario_agotado g USING antes a
     WHERE g.almacen_codigo = a.almacen_codigo AND g.producto_id = a.producto_id AND a.cantidad <= 0
       AND NOT EXISTS (SELECT FROM despues d WHERE d.almacen_codigo = a.almacen_codigo AND d.producto_id = a.producto_id AND d.cantidad <= 0);
    INSERT INTO public.inventario_agotado AS g (almacen_codigo, producto_id, desde, conocido, negativo_desde)
    SELECT d.almacen_codigo, d.producto_id, d.vigente_desde, a.cantidad IS NOT NULL, CASE WHEN d.cantidad < 0 THEN d.vigente_desde END
      FROM despues d LEFT JOIN antes a ON a.almacen_codigo = d.almacen_codigo AND a.producto_id = d.producto_id
     WHERE d.cantidad <= 0 AND sign(d.cantidad) IS DISTINCT FROM sign(a.cantidad)
     ORDER BY d.almacen_codigo, d.producto_id
    ON CONFLICT (almacen_codigo, producto_id) DO UPDATE SET negativo_desde = excluded.negativo_desde;
  END IF;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION seguir_agotados() FROM PUBLIC;

CREATE TRIGGER seguir_altas AFTER INSERT ON inventario_vigente REFERENCING NEW TABLE AS despues
  FOR EACH STATEMENT EXECUTE FUNCTION seguir_agotados();
CREATE TRIGGER seguir_cambios AFTER UPDATE ON inventario_vigente REFERENCING OLD TABLE AS antes NEW TABLE AS despues
  FOR EACH STATEMENT EXECUTE FUNCTION seguir_agotados();
CREATE TRIGGER seguir_bajas AFTER DELETE ON inventario_vigente REFERENCING OLD TABLE AS antes
  FOR EACH STATEMENT EXECUTE FUNCTION seguir_agotados();
CREATE TRIGGER seguir_vaciado AFTER TRUNCATE ON inventario_vigente
  FOR EACH STATEMENT EXECUTE FUNCTION seguir_agotados();

-- Since when the stock of an article is what it is, where its price or tax changed after; NULL where it is since vigente_desde. The loads keep it.
ALTER TABLE inventario_vigente ADD COLUMN existencia_desde timestamptz;

-- What the versions say of the rows that are there already. Each step goes back by one version of each; the planner does not know how few they are. A version that
-- ended at a moment lies in one of eight slots, class by class: casilla() of any beginning.
CREATE FUNCTION pg_temp.casillas_del_fin(momento timestamptz) RETURNS integer[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT (clase << 24) + (floor(extract(epoch FROM momento - timestamptz '1970-01-01 UTC'))::bigint / 14400 >> 2 * clase)::integer
               FROM generate_series(0, 7) AS clase);

SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_bitmapscan = off;

INSERT INTO inventario_agotado (almacen_codigo, producto_id, desde, conocido, negativo_desde)
WITH RECURSIVE pasos AS (
  SELECT almacen_codigo, producto_id, vigente_desde AS desde, false AS conocido, CASE WHEN cantidad < 0 THEN vigente_desde END AS negativo_desde, cantidad < 0 AS negativo
    FROM inventario_vigente WHERE cantidad <= 0
  UNION ALL
  SELECT p.almacen_codigo, p.producto_id, CASE WHEN v.cantidad <= 0 THEN v.vigente_desde ELSE p.desde END, v.cantidad > 0,
         CASE WHEN p.negativo AND v.cantidad < 0 THEN v.vigente_desde ELSE p.negativo_desde END, p.negativo AND v.cantidad < 0
    FROM pasos p
    JOIN inventario_versiones v
      ON v.almacen_codigo = p.almacen_codigo AND v.casilla = ANY (pg_temp.casillas_del_fin(p.desde)) AND v.producto_id = p.producto_id AND v.vigente_hasta = p.desde
   WHERE NOT p.conocido
)
SELECT DISTINCT ON (almacen_codigo, producto_id) almacen_codigo, producto_id, desde, conocido, negativo_desde
  FROM pasos
 ORDER BY almacen_codigo, producto_id, desde, conocido DESC;

WITH RECURSIVE pasos AS (
  SELECT almacen_codigo, producto_id, cantidad, vigente_desde AS desde FROM inventario_vigente
  UNION ALL
  SELECT p.almacen_codigo, p.producto_id, p.cantidad, v.vigente_desde
    FROM pasos p
    JOIN inventario_versiones v
      ON v.almacen_codigo = p.almacen_codigo AND v.casilla = ANY (pg_temp.casillas_del_fin(p.desde)) AND v.producto_id = p.producto_id AND v.vigente_hasta = p.desde
     AND v.cantidad = p.cantidad
)
UPDATE inventario_vigente i SET existencia_desde = p.desde
  FROM (SELECT almacen_codigo, producto_id, min(desde) AS desde FROM pasos GROUP BY almacen_codigo, producto_id HAVING count(*) > 1) AS p
 WHERE i.almacen_codigo = p.almacen_codigo AND i.producto_id = p.producto_id;

RESET enable_seqscan;
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_bitmapscan;

-- What sells and is not there: the articles that no open warehouse of a store has, that ran out in the last 60 days, and that sold something in the 28 whole days before,
-- with what was not sold since, up to the last snapshot of the warehouse that ran out last, which stands for the store; those that lost most first. Pages after the first go up to the moment of the first (`momento`), so that a load
-- between two pages moves no article that did not change. The first row has the totals, and is there without any article.
CREATE FUNCTION consultas.agotados(
  hoy date, tiendas text[], hasta timestamptz, tras_usd numeric, tras_codigo text, tras_almacen text, limite integer)
RETURNS TABLE (
  articulos bigint, usd_total numeric, primer_dia date, momento timestamptz, tienda text, almacen text, codigo text, nombre text, categoria text, marca text,
  cantidad numeric, desde timestamptz, desde_conocido boolean, horas numeric, venta_diaria numeric, no_vendidas numeric, usd numeric, ultimo_precio numeric,
  ultima_venta date, unidad text, lugares json)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  todos text[] := consultas.almacenes_de(NULL);
  corte timestamptz;
  -- The days whose sales may be asked for, the last first.
  dias date[] := ARRAY(SELECT $1 - n FROM generate_series(0, 88) AS n);
BEGIN
  SELECT coalesce($3, max(s.extraccion)) INTO corte
    FROM unnest(consultas.almacenes_de($2)) AS a (codigo)
   CROSS JOIN LATERAL (SELECT extraccion FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s;
  RETURN QUERY
    WITH vacios AS (
      SELECT DISTINCT ON (a.ubicacion_id, g.producto_id)
             a.ubicacion_id, g.almacen_codigo, g.producto_id, g.desde, g.conocido, g.dia, extract(epoch FROM s.extraccion - g.desde) / 3600 AS horas
        FROM (SELECT codigo, ubicacion_id, ARRAY(SELECT o.codigo::text FROM public.almacenes o WHERE o.ubicacion_id = a.ubicacion_id AND o.activo AND o.codigo <> a.codigo) AS otros
                FROM public.almacenes a WHERE codigo = ANY (consultas.almacenes_de($2))) AS a
       CROSS JOIN LATERAL (
             SELECT extraccion FROM public.almacen_snapshots WHERE almacen_codigo = a.codigo AND extraccion <= corte ORDER BY extraccion DESC LIMIT 1) AS s
       CROSS JOIN LATERAL (
             SELECT *, (desde AT TIME ZONE 'America/Caracas')::date AS dia FROM public.inventario_agotado WHERE almacen_codigo = a.codigo OFFSET 0) AS g
       WHERE g.desde <= s.extraccion AND g.dia >= $1 - 60
         AND NOT EXISTS (SELECT FROM public.inventario_vigente WHERE almacen_codigo = ANY (a.otros) AND producto_id = g.producto_id AND cantidad > 0 OFFSET 0)
       ORDER BY a.ubicacion_id, g.producto_id, g.desde DESC, g.almacen_codigo
    ), vendidos AS MATERIALIZED (
      -- What was sold in the 28 days before `dia`, and the last of 28 days since on which something was. Who ran out lately has the 28 days before today summed already: less
      -- what came after, and with the days before those, few are looked up. OFFSET 0 keeps the planner from walking through all articles of the days.
      SELECT v.*, s.desde_entonces, coalesce(r.unidades_28, 0) + s.unidades AS unidades, coalesce(r.kilos_28, 0) + s.kilos AS kilos
        FROM vacios v
        LEFT JOIN public.ventas_recientes_hasta h ON h.ubicacion_id = v.ubicacion_id AND h.hasta = $1 - 1 AND v.dia > $1 - 14
        LEFT JOIN LATERAL (
             SELECT unidades_28, kilos_28 FROM public.ventas_recientes WHERE ubicacion_id = h.ubicacion_id AND producto_id = v.producto_id OFFSET 0) AS r ON true
       CROSS JOIN LATERAL (
             SELECT coalesce(sum(CASE WHEN d.dia < v.dia THEN d.unidades WHEN d.dia < $1 AND h.hasta = $1 - 1 THEN -d.unidades END), 0) AS unidades,
                    coalesce(sum(CASE WHEN d.dia < v.dia THEN d.kilos WHEN d.dia < $1 AND h.hasta = $1 - 1 THEN -d.kilos END), 0) AS kilos,
                    max(d.dia) FILTER (WHERE d.dia >= v.dia AND consultas.cantidad_vendida(d.unidades, d.kilos) > 0) AS desde_entonces
               FROM (SELECT dia, unidades, kilos FROM public.ventas_diarias
                      WHERE ubicacion_id = v.ubicacion_id AND producto_id = v.producto_id
                        AND dia = ANY (CASE WHEN h.hasta = $1 - 1 THEN dias[:1 + $1 - v.dia] || dias[30:29 + $1 - v.dia]
                                              ELSE dias[greatest(1, $1 - v.dia - 27):29 + $1 - v.dia] END) OFFSET 0) AS d) AS s
    ), contados AS MATERIALIZED (
      SELECT v.*, u.ultima, u.precio, round(v.vendida / 28 * v.horas / 24, 3) AS no_vendidas, round(v.vendida / 28 * v.horas / 24 * u.precio, 2) AS usd
        FROM (SELECT *, consultas.cantidad_vendida(unidades, kilos) AS vendida FROM vendidos) AS v
       CROSS JOIN LATERAL (
             SELECT d.dia AS ultima, d.venta_total / consultas.cantidad_vendida(d.unidades, d.kilos) AS precio
               FROM unnest(CASE WHEN v.desde_entonces IS NULL THEN dias[2 + $1 - v.dia:29 + $1 - v.dia] ELSE ARRAY[v.desde_entonces] END) WITH ORDINALITY AS b (dia, n)
              CROSS JOIN LATERAL (
                    SELECT dia, unidades, kilos, venta_total FROM public.ventas_diarias
                     WHERE ubicacion_id = v.ubicacion_id AND dia = b.dia AND producto_id = v.producto_id OFFSET 0) AS d
              WHERE consultas.cantidad_vendida(d.unidades, d.kilos) > 0
              LIMIT 1) AS u
       WHERE v.vendida > 0
    ), pagina AS (
      SELECT * FROM contados
       WHERE $5 IS NULL OR usd < $4 OR usd = $4 AND (producto_id, almacen_codigo) > ($5, $6)
       ORDER BY usd DESC, producto_id, almacen_codigo
       LIMIT $7
    )
    SELECT t.articulos, t.usd, t.primer_dia, corte, g.ubicacion_id::text, g.almacen_codigo::text, g.producto_id::text, p.nombre, p.categoria, p.marca,
           i.cantidad::numeric, g.desde, g.conocido, round(g.horas, 1), round(g.vendida / 28, 3), g.no_vendidas, g.usd, round(g.precio, 2), g.ultima,
           consultas.unidad(g.unidades, g.kilos, p.grupo_articulo), coalesce(o.lugares, '[]')
      FROM (SELECT count(*) AS articulos, coalesce(sum(usd), 0) AS usd, min(dia) - 28 AS primer_dia FROM contados) AS t
      LEFT JOIN pagina g ON true
      LEFT JOIN public.productos p ON p.id = g.producto_id
      LEFT JOIN public.inventario_vigente i ON i.almacen_codigo = g.almacen_codigo AND i.producto_id = g.producto_id
      LEFT JOIN consultas.donde_hay(todos, ARRAY(SELECT DISTINCT producto_id::text FROM pagina)) AS o ON o.producto = g.producto_id
     ORDER BY g.usd DESC, g.producto_id, g.almacen_codigo;
END
$$;

-- What an article is; it may be in no inventory.
CREATE VIEW consultas.articulos AS
  SELECT codigo, nombre, categoria, marca, codigo_barras, presentacion FROM productos;

-- An article in every open warehouse that has it. What it sells is said of the stores in `propias` only.
CREATE FUNCTION consultas.articulo_tiendas(codigo text, hoy date, propias text[])
RETURNS TABLE (tienda text, nombre text, almacen text, cantidad numeric, desde timestamptz, precio numeric, ventas_28 numeric, dias_cobertura numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT i.ubicacion_id::text, u.nombre, i.almacen_codigo::text, i.cantidad::numeric, coalesce(i.existencia_desde, i.vigente_desde), i.precio_venta::numeric,
           CASE WHEN i.ubicacion_id = ANY ($3) THEN consultas.cantidad_vendida(coalesce(v.unidades_28, 0), coalesce(v.kilos_28, 0)) END,
           consultas.dias_cobertura(i.cantidad, v.unidades_28, v.kilos_28)
      FROM public.inventario_vigente i
      JOIN public.ubicaciones u ON u.id = i.ubicacion_id
      LEFT JOIN consultas.ventas_recientes($3, ARRAY[$1], $2) AS v ON v.tienda = i.ubicacion_id
     WHERE i.almacen_codigo = ANY (consultas.almacenes_de(NULL)) AND i.producto_id = $1
     ORDER BY u.nombre, i.ubicacion_id, i.almacen_codigo;
END
$$;

-- The versions of an article that a store held at some time of these days: its stock and its price as steps.
CREATE FUNCTION consultas.articulo_versiones(tienda text, codigo text, desde date, hasta date)
RETURNS TABLE (almacen text, cantidad numeric, precio numeric, inicio timestamptz, fin timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp BEGIN ATOMIC
  SELECT h.almacen_codigo, h.cantidad, h.precio_venta, h.fecha_snapshot, h.fecha_reemplazo
    FROM historial_producto(tienda, codigo, desde::timestamp AT TIME ZONE 'America/Caracas', (hasta + 1)::timestamp AT TIME ZONE 'America/Caracas') AS h
   ORDER BY h.almacen_codigo, h.fecha_snapshot;
END;

-- What an article of a store sold on each of these days, and the state of the day.
CREATE FUNCTION consultas.articulo_ventas(tienda text, codigo text, desde date, hasta date, hoy date)
RETURNS TABLE (dia date, unidades numeric, kilos numeric, venta_total numeric, facturas integer, estado text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT c.dia, coalesce(v.unidades, 0), coalesce(v.kilos, 0), coalesce(v.venta_total, 0), coalesce(v.facturas, 0),
           consultas.estado_dia(c.dia, $5, d.fallido, d.falta, d.cerrado)
      FROM (SELECT $3 + n AS dia FROM generate_series(0, $4 - $3) AS n) AS c
      -- A day is looked up in the index: the planner would read the article's place in every day there ever was.
      LEFT JOIN LATERAL (
           SELECT unidades, kilos, venta_total, facturas FROM public.ventas_diarias WHERE ubicacion_id = $1 AND dia = c.dia AND producto_id = $2 OFFSET 0) AS v ON true
      LEFT JOIN consultas.ventas_dias d ON d.tienda = $1 AND d.dia = c.dia
     ORDER BY c.dia;
END
$$;

-- What of an article arrived (more than zero) or is missing (less) in each warehouse of a store on each day, as in `descuadres`, whose rules these are: the sum over the
-- intervals between two snapshots that ended on the day and whose sales are complete. Only intervals in which the article moved are looked at.
CREATE FUNCTION consultas.articulo_movimientos(tienda text, codigo text, desde date, hasta date)
RETURNS TABLE (almacen text, inicio timestamptz, fin timestamptz, diferencia numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET plan_cache_mode = 'force_generic_plan' SET jit = off AS $$
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
    ), movidas AS MATERIALIZED (
      SELECT almacen, momento, sum(antes) AS antes, sum(despues) AS despues, sum(vendido) AS vendido
        FROM (SELECT almacen, vigente_hasta AS momento, cantidad AS antes, NULL AS despues, 0 AS vendido FROM versiones
              UNION ALL
              SELECT almacen, vigente_desde, NULL, cantidad, 0 FROM versiones
              UNION ALL
              -- The first snapshot that is not before the line; a bucket would take its beginning in.
              SELECT a.almacen, a.momentos[1 + width_bucket(l.fecha_venta - interval '1 microsecond', a.momentos)], NULL, NULL, l.cantidad
                FROM propios a
               CROSS JOIN generate_series(0, $4 - a.primer_dia) AS d
               -- OFFSET 0 keeps the planner from reading what the article sold on all days there ever were.
               CROSS JOIN LATERAL (
                     SELECT fecha_venta, coalesce(total_cantidad_por_unidad_medida, cantidad_vendida) AS cantidad FROM public.ventas
                      WHERE ubicacion_id = $1 AND dia = a.primer_dia + d AND producto_id = $2 AND almacen_codigo = a.almacen OFFSET 0) AS l
               WHERE l.fecha_venta > a.primero) AS m
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
        LEFT JOIN versiones v
          ON i.antes IS NULL AND i.despues IS NULL AND v.almacen = i.almacen AND v.vigente_desde < i.momento AND v.vigente_hasta > i.momento
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

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA consultas FROM PUBLIC;
