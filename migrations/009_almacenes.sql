-- Warehouses, each with the mark of its last accepted snapshot. Moving one to another store carries its current rows along.
CREATE TABLE almacenes (
  codigo text COLLATE "C" PRIMARY KEY,
  nombre text NOT NULL,
  ubicacion_id text COLLATE "C" NOT NULL REFERENCES ubicaciones (id),
  activo boolean NOT NULL DEFAULT true,
  ultima_extraccion timestamptz,
  ultima_ejecucion_id uuid,
  ultimos_articulos integer,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now(),
  UNIQUE (codigo, ubicacion_id)
);

ALTER TABLE inventario_actual
  ADD FOREIGN KEY (almacen_codigo, ubicacion_id) REFERENCES almacenes (codigo, ubicacion_id) ON UPDATE CASCADE;
