-- Sales lines, partitioned by the month of their Caracas day. The columns of fixed width come first, so that none is padded; an empty discount is NULL,
-- which takes no room. No foreign keys, which took half as long again: a load inserts the missing products in the same transaction, and the slices have the
-- store (docs/decisions/0016-ventas-por-mes.md). What somebody had put into the former table is carried over.
CREATE TEMPORARY TABLE ventas_anteriores ON COMMIT DROP AS TABLE ventas;
DROP TABLE ventas;

CREATE TABLE ventas (
  id bigint GENERATED ALWAYS AS IDENTITY,
  fecha_venta timestamptz NOT NULL,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  -- NULL in what was carried over.
  ejecucion_id uuid,
  dia date NOT NULL,
  linea smallint NOT NULL,
  es_no_fiscal boolean,
  ubicacion_id codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  numero_factura codigo_exacto NOT NULL,
  cantidad_vendida decimal_finito NOT NULL,
  venta_total decimal_finito NOT NULL,
  costo_total decimal_finito,
  utilidad_bruta decimal_finito,
  unidad_medida_venta text,
  factor_unidad_medida decimal_finito,
  total_cantidad_por_unidad_medida decimal_finito,
  peso_unitario decimal_finito,
  peso_calculado decimal_finito,
  precio_unitario decimal_finito,
  costo_unitario decimal_finito,
  tasa_usd decimal_finito,
  precio_unitario_bs decimal_finito,
  venta_total_bs decimal_finito,
  costo_total_bs decimal_finito,
  impuesto_porcentaje decimal_finito,
  impuesto_monto decimal_finito,
  descuento_porcentaje decimal_finito,
  descuento_monto decimal_finito,
  descuento_fidelizacion_porcentaje decimal_finito,
  descuento_fidelizacion_monto decimal_finito,
  descuento_forma_pago_porcentaje decimal_finito,
  descuento_forma_pago_monto decimal_finito,
  total_factura decimal_finito,
  almacen_codigo codigo_exacto,
  almacen_nombre text,
  codigo_barras text,
  codigo_promocion text,
  CHECK (isfinite(dia) AND dia = (fecha_venta AT TIME ZONE 'America/Caracas')::date),
  UNIQUE (ubicacion_id, numero_factura, linea, dia) WITH (fillfactor = 100)
) PARTITION BY RANGE (dia);

-- A store's day, and within it an article: a load adds to the day's few pages.
CREATE INDEX ventas_ubicacion_id_dia_producto_id_idx ON ventas (ubicacion_id, dia, producto_id) WITH (fillfactor = 100);

-- Catches lines of a month that has no partition, so that a load never fails for want of one.
CREATE TABLE ventas_default PARTITION OF ventas DEFAULT;

INSERT INTO ventas (id, fecha_venta, fecha_creacion, dia, linea, ubicacion_id, producto_id, numero_factura, cantidad_vendida, venta_total, costo_total,
                    utilidad_bruta, unidad_medida_venta, factor_unidad_medida, total_cantidad_por_unidad_medida, peso_unitario, peso_calculado,
                    precio_unitario, costo_unitario, almacen_codigo, almacen_nombre)
OVERRIDING SYSTEM VALUE
SELECT id, fecha_venta, fecha_creacion, (fecha_venta AT TIME ZONE 'America/Caracas')::date, linea, ubicacion_id, producto_id, numero_factura, cantidad_vendida, venta_total, costo_total,
       utilidad_bruta, unidad_medida_venta, factor_unidad_medida, total_cantidad_por_unidad_medida, peso_unitario, peso_calculado,
       precio_unitario, costo_unitario, almacen_codigo, almacen_nombre
  FROM ventas_anteriores;

SELECT setval('ventas_id_seq', max(id)) FROM ventas HAVING count(*) > 0;

-- Whether a quantity in this unit is kilos. Kilos and units are never added up.
CREATE FUNCTION es_por_peso(unidad text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(upper(btrim(unidad, ' .')) IN ('KG', 'KGS', 'KGR', 'KILO', 'KILOS', 'KILOGRAMO', 'KILOGRAMOS'), false);
