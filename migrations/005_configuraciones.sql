-- Settings of the dashboards.
CREATE TABLE configuraciones (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  clave text NOT NULL UNIQUE,
  valor jsonb NOT NULL,
  categoria text,
  descripcion text,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now()
);
