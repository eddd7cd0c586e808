-- Stores and distribution centres. The pipeline only inserts missing ones; people own the rows afterwards.
CREATE TABLE ubicaciones (
  id codigo_exacto PRIMARY KEY,
  codigo text UNIQUE,
  nombre text NOT NULL,
  codigo_klk text,
  tipo text NOT NULL DEFAULT 'tienda' CHECK (tipo IN ('tienda', 'cedi')),
  region text,
  ciudad text,
  direccion text,
  activo boolean NOT NULL DEFAULT true,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now()
);
