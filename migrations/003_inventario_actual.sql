-- The accepted snapshot of each warehouse. Between -Infinity and Infinity, exclusive, also keeps NaN out: NaN sorts above Infinity.
-- Every load updates every row: with half of each page free and no index on a changing column the new versions stay in the
-- page (HOT), which halves the time of a load and keeps the table from growing (docs/decisions/0003-update-in-place.md).
CREATE TABLE inventario_actual (
  ubicacion_id text COLLATE "C" NOT NULL REFERENCES ubicaciones (id),
  almacen_codigo text COLLATE "C" NOT NULL,
  producto_id text COLLATE "C" NOT NULL REFERENCES productos (id),
  cantidad numeric NOT NULL CHECK (cantidad > '-Infinity' AND cantidad < 'Infinity'),
  precio_venta numeric CHECK (precio_venta > '-Infinity' AND precio_venta < 'Infinity'),
  iva numeric CHECK (iva > '-Infinity' AND iva < 'Infinity'),
  fecha_actualizacion timestamptz NOT NULL,
  vigente_desde timestamptz NOT NULL,
  PRIMARY KEY (ubicacion_id, almacen_codigo, producto_id)
) WITH (fillfactor = 45);
