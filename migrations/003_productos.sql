-- One row per KLK article; id = codigo, zero-padded text. modelo and presentacion have no source in KLK and belong to people.
CREATE TABLE productos (
  id codigo_exacto PRIMARY KEY,
  codigo codigo_exacto NOT NULL UNIQUE,
  codigo_barras text,
  nombre text NOT NULL,
  descripcion text,
  categoria text NOT NULL DEFAULT 'SIN CATEGORIA',
  categoria_codigo text,
  grupo_articulo text,
  subgrupo text,
  marca text,
  modelo text,
  presentacion text,
  activo boolean NOT NULL DEFAULT true,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now(),
  CHECK (id = codigo)
);
