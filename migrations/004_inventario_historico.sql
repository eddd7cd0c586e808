-- Versions before each replacement, valid in [fecha_snapshot, fecha_reemplazo). No foreign keys: every row comes from
-- inventario_actual, which has them, and 3.7 million checked inserts a day would buy nothing.
-- The time comes before the article in the key: a load's rows then lie side by side in the index, where with the article first
-- each of them would touch a page of its own (docs/decisions/0008-history-indexes.md).
CREATE TABLE inventario_historico (
  ubicacion_id text COLLATE "C" NOT NULL,
  almacen_codigo text COLLATE "C" NOT NULL,
  producto_id text COLLATE "C" NOT NULL,
  cantidad numeric NOT NULL CHECK (cantidad > '-Infinity' AND cantidad < 'Infinity'),
  fecha_snapshot timestamptz NOT NULL,
  fecha_reemplazo timestamptz NOT NULL,
  CHECK (fecha_reemplazo > fecha_snapshot),
  PRIMARY KEY (ubicacion_id, almacen_codigo, fecha_snapshot, producto_id)
) PARTITION BY RANGE (fecha_snapshot);

-- Versions of two hours and more, found by when they ended. In mode `cambios` these are nearly all, in `completo` hardly any: an article
-- in quarantine, or what stood across a gap.
CREATE INDEX inventario_historico_largas_idx
  ON inventario_historico (ubicacion_id, almacen_codigo, fecha_reemplazo, fecha_snapshot, producto_id)
  WHERE fecha_reemplazo - fecha_snapshot >= interval '2 hours';

-- Catches rows of a month that has no partition yet, so that a load never fails for want of one.
CREATE TABLE inventario_historico_default PARTITION OF inventario_historico DEFAULT;
