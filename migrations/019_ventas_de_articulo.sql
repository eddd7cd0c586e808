-- What a store sold of an article, day by day, in [desde, hasta]; a day without sales has no row. The days are looked up one by one in the index, where each
-- has its own place: as a range of days every article of all of them would be read (140 ms for 90 days instead of 3).
CREATE FUNCTION ventas_de_articulo(tienda text, producto text, desde date, hasta date)
RETURNS TABLE (dia date, lineas bigint, facturas bigint, unidades numeric, kilos numeric, venta_total numeric, costo_total numeric, utilidad_bruta numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT dia, count(*), count(DISTINCT numero_factura),
         coalesce(sum(cantidad_vendida) FILTER (WHERE NOT es_por_peso(unidad_medida_venta)), 0),
         coalesce(sum(cantidad_vendida) FILTER (WHERE es_por_peso(unidad_medida_venta)), 0),
         sum(venta_total), sum(costo_total), sum(utilidad_bruta)
    FROM ventas
   WHERE ubicacion_id = tienda AND producto_id = producto
     AND dia = ANY (ARRAY(SELECT desde + n FROM generate_series(0, hasta - desde) AS n))
   GROUP BY dia
   ORDER BY dia;
END;
