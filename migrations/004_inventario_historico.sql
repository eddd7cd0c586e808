-- Versions before each replacement, valid in [fecha_snapshot, fecha_reemplazo). No foreign keys: every row comes from
-- inventario_actual, which has them, and 3.7 million checked inserts a day would buy nothing.
CREATE TABLE inventario_historico (
  ubicacion_id text NOT NULL,
  almacen_codigo text NOT NULL,
  producto_id text NOT NULL,
  cantidad numeric NOT NULL CHECK (cantidad > '-Infinity' AND cantidad < 'Infinity'),
  fecha_snapshot timestamptz NOT NULL,
  fecha_reemplazo timestamptz NOT NULL,
  CHECK (fecha_reemplazo > fecha_snapshot),
  PRIMARY KEY (ubicacion_id, almacen_codigo, producto_id, fecha_snapshot)
) PARTITION BY RANGE (fecha_snapshot);

-- Catches rows of a month that has no partition yet, so that a load never fails for want of one.
CREATE TABLE inventario_historico_default PARTITION OF inventario_historico DEFAULT;
