-- What the read-only API may see: its user has USAGE on this schema, SELECT on its views and EXECUTE on its functions, and nothing else. Nothing here asks
-- what time it is: what is answered depends on the data, the day and the question alone, so that equal data have equal answers.
CREATE SCHEMA consultas;

-- A moment as ISO 8601 text, by the clock of the stores, which have no summer time.
CREATE FUNCTION consultas.iso(momento timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(momento AT TIME ZONE 'America/Caracas', 'YYYY-MM-DD"T"HH24:MI:SS"-04:00"');

-- The stores and distribution centres that are open.
CREATE VIEW consultas.tiendas AS
  SELECT id, nombre, tipo FROM ubicaciones WHERE activo;

-- Until when the data of each store go: its stock is as old as that of its oldest warehouse; its sales are read without a gap up to a moment of the last
-- day of which anything was read.
CREATE VIEW consultas.frescura AS
  SELECT u.id AS tienda, u.tipo, e.existencias_hasta, v.ventas_hasta
    FROM ubicaciones u
   CROSS JOIN LATERAL (
         SELECT min(s.extraccion) AS existencias_hasta
           FROM almacenes a
          CROSS JOIN LATERAL (SELECT extraccion FROM almacen_snapshots WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s
          WHERE a.ubicacion_id = u.id AND a.activo) AS e
    LEFT JOIN LATERAL (SELECT dia FROM ventas_tramos WHERE ubicacion_id = u.id AND leido IS NOT NULL ORDER BY dia DESC LIMIT 1) AS d ON true
   CROSS JOIN LATERAL (
         SELECT coalesce(min(CASE WHEN t.leido IS NULL THEN t.inicio WHEN t.leido < t.fin THEN greatest(t.leido, t.inicio) END), max(t.fin)) AS ventas_hasta
           FROM (SELECT (dia + desde) AT TIME ZONE 'America/Caracas' AS inicio, (dia + hasta) AT TIME ZONE 'America/Caracas' AS fin, leido
                   FROM ventas_tramos WHERE ubicacion_id = u.id AND dia = d.dia) AS t) AS v
   WHERE u.activo;

-- What the ledger says of a day of a store: whether a slice failed, whether one was not read after it had ended, whether all are closed.
CREATE VIEW consultas.ventas_dias AS
  SELECT ubicacion_id AS tienda, dia,
         bool_or(estado = 'fallido') AS fallido,
         bool_or(leido IS NULL OR leido < (dia + hasta) AT TIME ZONE 'America/Caracas') AS falta,
         bool_and(estado = 'cerrado') AS cerrado
    FROM ventas_tramos
   GROUP BY ubicacion_id, dia;

-- The state of a day: `completo` will not change, `provisional` is read and may change, `falta` is not read whole, `fallido` could not be read. Today cannot be
-- whole yet. A day that the ledger does not know is missing.
CREATE FUNCTION consultas.estado_dia(dia date, hoy date, fallido boolean, falta boolean, cerrado boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN fallido IS NULL THEN 'falta'
            WHEN fallido THEN 'fallido'
            WHEN dia >= hoy THEN 'provisional'
            WHEN falta THEN 'falta'
            WHEN cerrado THEN 'completo'
            ELSE 'provisional' END;

-- The last rate, bolivars per dollar, that a sale was made at: that of a line of the last slice that has one.
CREATE VIEW consultas.tasa AS
  SELECT v.tasa_usd AS bs_por_usd, t.dia
    FROM (SELECT ubicacion_id, dia, desde FROM ventas_tramos WHERE lineas > 0 ORDER BY dia DESC, desde DESC, ubicacion_id LIMIT 40) AS t
   CROSS JOIN LATERAL (
         SELECT tasa_usd FROM ventas
          WHERE ubicacion_id = t.ubicacion_id AND dia = t.dia AND fecha_venta >= (t.dia + t.desde) AT TIME ZONE 'America/Caracas' AND tasa_usd > 0
          LIMIT 1) AS v
   ORDER BY t.dia DESC, t.desde DESC, t.ubicacion_id
   LIMIT 1;

-- How many articles each warehouse has, how many of them are at zero and how many below: counted by the statements that change them, so that nobody has to
-- read the whole inventory to know it. A row is HOT.
CREATE TABLE inventario_resumen (
  almacen_codigo codigo_exacto PRIMARY KEY,
  articulos integer NOT NULL,
  agotados integer NOT NULL,
  negativos integer NOT NULL
) WITH (fillfactor = 50);

-- Adds what a statement changed. Rows are locked in the order of their code, as by every other statement.
CREATE FUNCTION resumir_inventario() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.inventario_resumen AS r
    SELECT almacen_codigo, count(*), count(*) FILTER (WHERE cantidad = 0), count(*) FILTER (WHERE cantidad < 0)
      FROM despues GROUP BY almacen_codigo ORDER BY almacen_codigo
    ON CONFLICT (almacen_codigo) DO UPDATE
       SET articulos = r.articulos + excluded.articulos, agotados = r.agotados + excluded.agotados, negativos = r.negativos + excluded.negativos;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO public.inventario_resumen AS r
    SELECT almacen_codigo, sum(uno), coalesce(sum(uno) FILTER (WHERE cantidad = 0), 0), coalesce(sum(uno) FILTER (WHERE cantidad < 0), 0)
      FROM (SELECT almacen_codigo, cantidad, 1 AS uno FROM despues UNION ALL SELECT almacen_codigo, cantidad, -1 FROM antes) AS c
     GROUP BY almacen_codigo ORDER BY almacen_codigo
    ON CONFLICT (almacen_codigo) DO UPDATE
       SET articulos = r.articulos + excluded.articulos, agotados = r.agotados + excluded.agotados, negativos = r.negativos + excluded.negativos;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.inventario_resumen AS r
    SELECT almacen_codigo, -count(*), -count(*) FILTER (WHERE cantidad = 0), -count(*) FILTER (WHERE cantidad < 0)
      FROM antes GROUP BY almacen_codigo ORDER BY almacen_codigo
    ON CONFLICT (almacen_codigo) DO UPDATE
       SET articulos = r.articulos + excluded.articulos, agotados = r.agotados + excluded.agotados, negativos = r.negativos + excluded.negativos;
  ELSE
    DELETE FROM public.inventario_resumen;
  END IF;
  RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION resumir_inventario() FROM PUBLIC;

CREATE TRIGGER resumir_altas AFTER INSERT ON inventario_vigente REFERENCING NEW TABLE AS despues
  FOR EACH STATEMENT EXECUTE FUNCTION resumir_inventario();
CREATE TRIGGER resumir_cambios AFTER UPDATE ON inventario_vigente REFERENCING OLD TABLE AS antes NEW TABLE AS despues
  FOR EACH STATEMENT EXECUTE FUNCTION resumir_inventario();
CREATE TRIGGER resumir_bajas AFTER DELETE ON inventario_vigente REFERENCING OLD TABLE AS antes
  FOR EACH STATEMENT EXECUTE FUNCTION resumir_inventario();
CREATE TRIGGER resumir_vaciado AFTER TRUNCATE ON inventario_vigente
  FOR EACH STATEMENT EXECUTE FUNCTION resumir_inventario();

INSERT INTO inventario_resumen
SELECT almacen_codigo, count(*), count(*) FILTER (WHERE cantidad = 0), count(*) FILTER (WHERE cantidad < 0)
  FROM inventario_vigente GROUP BY almacen_codigo;

-- Articles of each store by what its warehouses have of them: one that two warehouses have counts twice.
CREATE VIEW consultas.existencias_resumen AS
  SELECT a.ubicacion_id AS tienda, sum(r.articulos) AS articulos, sum(r.agotados) AS agotados, sum(r.negativos) AS negativos
    FROM almacenes a JOIN inventario_resumen r ON r.almacen_codigo = a.codigo
   WHERE a.activo
   GROUP BY a.ubicacion_id;

-- Sales hour by hour.
CREATE VIEW consultas.ventas_horas AS
  SELECT ubicacion_id AS tienda, dia, hora, facturas, venta_total FROM ventas_horarias;

-- Slices of the ledger: what was read of each, until when.
CREATE VIEW consultas.tramos AS
  SELECT ubicacion_id AS tienda, dia, desde, hasta, estado, leido, error_codigo, error_mensaje, error_momento FROM ventas_tramos;

-- The categories of the articles.
CREATE VIEW consultas.categorias AS
  SELECT categoria AS nombre, count(*)::integer AS articulos FROM productos WHERE activo GROUP BY categoria;

-- Every run of both pipelines.
CREATE VIEW consultas.ejecuciones AS
  SELECT id, flujo, origen, estado, inicio, fin, error_codigo, error_mensaje FROM etl_ejecuciones;

-- What is failing: a warehouse that no run has loaded since its last accepted snapshot, by its last error, and the slices of the sales that could not be
-- read, by store and code.
CREATE VIEW consultas.fallas AS
  SELECT a.ubicacion_id AS tienda, 'inventario' AS flujo, f.codigo, a.nombre || ': ' || f.mensaje AS mensaje, f.desde
    FROM almacenes a
   CROSS JOIN LATERAL (
         SELECT max(extraccion) AS extraccion FROM almacen_snapshots WHERE almacen_codigo = a.codigo) AS s
   CROSS JOIN LATERAL (
         SELECT (array_agg(e.error_codigo ORDER BY r.inicio DESC))[1] AS codigo, (array_agg(e.error_mensaje ORDER BY r.inicio DESC))[1] AS mensaje,
                min(r.inicio) AS desde
           FROM etl_ejecuciones r JOIN etl_ejecucion_almacenes e ON e.ejecucion_id = r.id AND e.almacen_codigo = a.codigo
          WHERE r.flujo = 'inventario' AND r.inicio > coalesce(s.extraccion, '-infinity') AND e.estado = 'fallido') AS f
   WHERE a.activo AND f.codigo IS NOT NULL
  UNION ALL
  SELECT ubicacion_id, 'ventas', error_codigo, (array_agg(error_mensaje ORDER BY error_momento DESC))[1], min(error_momento)
    FROM ventas_tramos
   WHERE error_codigo IS NOT NULL
   GROUP BY ubicacion_id, error_codigo;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA consultas FROM PUBLIC;
