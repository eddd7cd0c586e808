-- Warehouses. Moving one to another store carries its current rows along; its past stays with the store it belonged to.
CREATE TABLE almacenes (
  codigo codigo_exacto PRIMARY KEY,
  nombre text NOT NULL,
  ubicacion_id codigo_exacto NOT NULL REFERENCES ubicaciones (id),
  activo boolean NOT NULL DEFAULT true,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now(),
  UNIQUE (codigo, ubicacion_id)
);

-- Every accepted snapshot of every warehouse, written by the load that accepted it. The last one is what the next load is measured against.
CREATE TABLE almacen_snapshots (
  almacen_codigo codigo_exacto NOT NULL REFERENCES almacenes (codigo),
  extraccion timestamptz NOT NULL CHECK (isfinite(extraccion)),
  ubicacion_id codigo_exacto NOT NULL REFERENCES ubicaciones (id),
  ejecucion_id uuid NOT NULL,
  articulos integer NOT NULL CHECK (articulos >= 0),
  suma_cantidades decimal_finito NOT NULL,
  -- The day in UTC: what inventario_historico reads at once.
  dia timestamptz NOT NULL GENERATED ALWAYS AS (date_trunc('day', extraccion, 'UTC')) STORED,
  PRIMARY KEY (almacen_codigo, extraccion)
);

-- Dashboards ask by store and time; historial_producto, whether a warehouse belonged to a store.
CREATE INDEX almacen_snapshots_ubicacion_id_extraccion_idx ON almacen_snapshots (ubicacion_id, extraccion);
CREATE INDEX almacen_snapshots_almacen_codigo_ubicacion_id_extraccion_idx ON almacen_snapshots (almacen_codigo, ubicacion_id, extraccion);

-- The planner takes the days of a few snapshots for unrelated, and would read the versions of a day again for each of its 48 snapshots. Told that there
-- is one day, it keeps what it has read (docs/decisions/0015-history-as-versions.md).
ALTER TABLE almacen_snapshots ALTER COLUMN dia SET (n_distinct = 1);
