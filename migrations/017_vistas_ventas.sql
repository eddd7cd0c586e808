-- What dashboards read of the sales. All lines, with the margin in percentage points of what was sold; NULL where nothing was. Two things to select from
-- make a view through which nothing can be written.
CREATE VIEW ventas_con_margen AS
  SELECT v.*, m.margen_bruto_pct
    FROM ventas v
   CROSS JOIN LATERAL (SELECT round(100 * utilidad_bruta / nullif(venta_total, 0), 2) AS margen_bruto_pct) AS m;

-- Hour by hour of the Caracas day. An invoice has one time, so it counts in one hour.
CREATE VIEW ventas_por_hora AS
  SELECT ubicacion_id, dia, extract(hour FROM fecha_venta AT TIME ZONE 'America/Caracas')::integer AS hora,
         count(*) AS lineas, count(DISTINCT numero_factura) AS facturas,
         coalesce(sum(cantidad_vendida) FILTER (WHERE NOT es_por_peso(unidad_medida_venta)), 0) AS unidades,
         coalesce(sum(cantidad_vendida) FILTER (WHERE es_por_peso(unidad_medida_venta)), 0) AS kilos,
         sum(venta_total) AS venta_total, sum(costo_total) AS costo_total, sum(utilidad_bruta) AS utilidad_bruta
    FROM ventas
   GROUP BY ubicacion_id, dia, hora;

-- Article by article of the days that the ledger knows. Day by day, so that an article in many days is looked up in the index once for each of them: as a
-- range of days every article of all of them would be read.
CREATE VIEW ventas_por_articulo AS
  SELECT d.ubicacion_id, d.dia, a.producto_id, a.lineas, a.facturas, a.unidades, a.kilos, a.venta_total, a.costo_total, a.utilidad_bruta
    FROM (SELECT DISTINCT ubicacion_id, dia FROM ventas_tramos) AS d
   CROSS JOIN LATERAL (
         SELECT producto_id,
                count(*) AS lineas, count(DISTINCT numero_factura) AS facturas,
                coalesce(sum(cantidad_vendida) FILTER (WHERE NOT es_por_peso(unidad_medida_venta)), 0) AS unidades,
                coalesce(sum(cantidad_vendida) FILTER (WHERE es_por_peso(unidad_medida_venta)), 0) AS kilos,
                sum(venta_total) AS venta_total, sum(costo_total) AS costo_total, sum(utilidad_bruta) AS utilidad_bruta
           FROM ventas
          WHERE ubicacion_id = d.ubicacion_id AND dia = d.dia
          GROUP BY producto_id) AS a;

-- The days of a store that the ledger knows, from the ledger alone: no line is read. No slice cuts an invoice, so the slices' invoices add up. A slice
-- that has not ended yet may be unread; of a day that is over, one that was last read before it ended is missing in part.
CREATE VIEW ventas_por_dia AS
  SELECT ubicacion_id, dia,
         CASE WHEN bool_or(estado = 'fallido') THEN 'fallido'
              WHEN bool_or(estado = 'pendiente' AND (dia + hasta) AT TIME ZONE 'America/Caracas' <= now()) THEN 'falta'
              WHEN bool_or(leido < (dia + hasta) AT TIME ZONE 'America/Caracas' AND (dia + 1)::timestamp AT TIME ZONE 'America/Caracas' <= now()) THEN 'falta'
              WHEN bool_and(estado = 'cerrado') THEN 'completo'
              ELSE 'provisional'
          END AS estado,
         sum(lineas) AS lineas, sum(facturas) AS facturas, sum(unidades) AS unidades, sum(kilos) AS kilos, sum(venta_total) AS venta_total,
         count(*) AS tramos,
         count(*) FILTER (WHERE estado = 'pendiente') AS tramos_pendientes,
         count(*) FILTER (WHERE estado = 'provisional') AS tramos_provisionales,
         count(*) FILTER (WHERE estado = 'cerrado') AS tramos_cerrados,
         count(*) FILTER (WHERE estado = 'fallido') AS tramos_fallidos,
         max(leido) AS leido
    FROM ventas_tramos
   GROUP BY ubicacion_id, dia;

-- Every day of every active store from the first that the ledger knows to today, those too that it lacks.
CREATE VIEW cobertura_ventas AS
  SELECT u.id AS ubicacion_id, c.dia, coalesce(p.estado, 'falta') AS estado,
         coalesce(p.tramos, 0) AS tramos, coalesce(p.tramos_pendientes, 0) AS tramos_pendientes,
         coalesce(p.tramos_provisionales, 0) AS tramos_provisionales, coalesce(p.tramos_cerrados, 0) AS tramos_cerrados,
         coalesce(p.tramos_fallidos, 0) AS tramos_fallidos, p.leido
    FROM ubicaciones u
   CROSS JOIN LATERAL (SELECT t.dia AS primero FROM ventas_tramos t WHERE t.ubicacion_id = u.id ORDER BY t.dia LIMIT 1) AS t
   CROSS JOIN LATERAL (
         SELECT t.primero + n AS dia FROM generate_series(0, (now() AT TIME ZONE 'America/Caracas')::date - t.primero) AS n) AS c
    LEFT JOIN LATERAL (SELECT * FROM ventas_por_dia d WHERE d.ubicacion_id = u.id AND d.dia = c.dia OFFSET 0) AS p ON true
   WHERE u.activo;
