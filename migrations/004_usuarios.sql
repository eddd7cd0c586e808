-- Users of the dashboards.
CREATE TABLE usuarios (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL UNIQUE,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL,
  nombre_completo text,
  rol text NOT NULL,
  activo boolean NOT NULL DEFAULT true,
  ultimo_acceso timestamptz,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now()
);
