-- Sales lines, amounts in USD; filled by a later pipeline. Invoice numbers repeat between stores.
CREATE TABLE ventas (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  numero_factura text NOT NULL,
  linea integer NOT NULL,
  fecha_venta timestamptz NOT NULL,
  ubicacion_id text COLLATE "C" NOT NULL REFERENCES ubicaciones (id),
  almacen_codigo text COLLATE "C",
  almacen_nombre text,
  producto_id text COLLATE "C" NOT NULL REFERENCES productos (id),
  cantidad_vendida numeric NOT NULL CHECK (cantidad_vendida > '-Infinity' AND cantidad_vendida < 'Infinity'),
  peso_unitario numeric CHECK (peso_unitario > '-Infinity' AND peso_unitario < 'Infinity'),
  peso_calculado numeric CHECK (peso_calculado > '-Infinity' AND peso_calculado < 'Infinity'),
  unidad_medida_venta text,
  factor_unidad_medida numeric CHECK (factor_unidad_medida > '-Infinity' AND factor_unidad_medida < 'Infinity'),
  total_cantidad_por_unidad_medida numeric
    CHECK (total_cantidad_por_unidad_medida > '-Infinity' AND total_cantidad_por_unidad_medida < 'Infinity'),
  precio_unitario numeric CHECK (precio_unitario > '-Infinity' AND precio_unitario < 'Infinity'),
  costo_unitario numeric CHECK (costo_unitario > '-Infinity' AND costo_unitario < 'Infinity'),
  venta_total numeric CHECK (venta_total > '-Infinity' AND venta_total < 'Infinity'),
  costo_total numeric CHECK (costo_total > '-Infinity' AND costo_total < 'Infinity'),
  utilidad_bruta numeric CHECK (utilidad_bruta > '-Infinity' AND utilidad_bruta < 'Infinity'),
  margen_bruto_pct numeric CHECK (margen_bruto_pct > '-Infinity' AND margen_bruto_pct < 'Infinity'),
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  UNIQUE (ubicacion_id, numero_factura, linea)
);
