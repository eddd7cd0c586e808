-- Until when the data of each store go (022), and which of its open warehouses were never loaded: no moment tells of these.
CREATE OR REPLACE VIEW consultas.frescura AS
  SELECT u.id AS tienda, u.tipo, e.existencias_hasta, v.ventas_hasta, e.sin_cargar
    FROM ubicaciones u
   CROSS JOIN LATERAL (
         SELECT min(s.extraccion) AS existencias_hasta,
                coalesce(array_agg(a.codigo::text ORDER BY a.codigo) FILTER (WHERE s.extraccion IS NULL), '{}') AS sin_cargar
           FROM almacenes a
           LEFT JOIN LATERAL (SELECT extraccion FROM almacen_snapshots WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s ON true
          WHERE a.ubicacion_id = u.id AND a.activo) AS e
    LEFT JOIN LATERAL (SELECT dia FROM ventas_tramos WHERE ubicacion_id = u.id AND leido IS NOT NULL ORDER BY dia DESC LIMIT 1) AS d ON true
   CROSS JOIN LATERAL (
         SELECT coalesce(min(CASE WHEN t.leido IS NULL THEN t.inicio WHEN t.leido < t.fin THEN greatest(t.leido, t.inicio) END), max(t.fin)) AS ventas_hasta
           FROM (SELECT (dia + desde) AT TIME ZONE 'America/Caracas' AS inicio, (dia + hasta) AT TIME ZONE 'America/Caracas' AS fin, leido
                   FROM ventas_tramos WHERE ubicacion_id = u.id AND dia = d.dia) AS t) AS v
   WHERE u.activo;

-- The state of a day (022): today is not missing before its first slice is in the ledger, which is so from midnight to the first run.
CREATE OR REPLACE FUNCTION consultas.estado_dia(dia date, hoy date, fallido boolean, falta boolean, cerrado boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN fallido THEN 'fallido'
            WHEN dia >= hoy THEN 'provisional'
            WHEN fallido IS NULL OR falta THEN 'falta'
            WHEN cerrado THEN 'completo'
            ELSE 'provisional' END;
