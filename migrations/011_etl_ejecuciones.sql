-- What every run did: one row a run, one row per warehouse and run, and the rows that were refused. A dry run leaves none.
CREATE TABLE etl_ejecuciones (
  id uuid PRIMARY KEY,
  origen text NOT NULL CHECK (origen IN ('programada', 'manual', 'cli')),
  estado text NOT NULL DEFAULT 'en_curso' CHECK (estado IN ('en_curso', 'exitosa', 'parcial', 'fallida', 'omitida', 'abandonada')),
  inicio timestamptz NOT NULL,
  fin timestamptz,
  forzar boolean NOT NULL DEFAULT false,
  tiendas integer,
  cargadas integer,
  fallidas integer,
  omitidas integer,
  extraidos integer,
  rechazados integer,
  inventario integer,
  historico integer,
  error_codigo text,
  error_mensaje text,
  CHECK ((estado = 'en_curso') = (fin IS NULL)),
  CHECK (num_nulls(tiendas, cargadas, fallidas, omitidas) IN (0, 4) AND tiendas = cargadas + fallidas + omitidas)
);

-- Past runs are read newest first.
CREATE INDEX etl_ejecuciones_inicio_idx ON etl_ejecuciones (inicio DESC);

-- Every run looks for those that are open: the holder's, or those that died.
CREATE INDEX etl_ejecuciones_en_curso_idx ON etl_ejecuciones (inicio DESC) WHERE estado = 'en_curso';

CREATE TABLE etl_ejecucion_almacenes (
  ejecucion_id uuid NOT NULL REFERENCES etl_ejecuciones (id) ON DELETE CASCADE,
  almacen_codigo codigo_exacto NOT NULL,
  ubicacion_id codigo_exacto NOT NULL,
  estado text NOT NULL CHECK (estado IN ('cargado', 'fallido', 'omitido')),
  error_fase text CHECK (error_fase IN ('extraccion', 'transformacion', 'carga')),
  error_codigo text,
  error_mensaje text,
  -- Why a person had to force this load, one code per suspicion.
  forzado_codigo text[] CHECK (cardinality(forzado_codigo) > 0),
  extraidos integer NOT NULL,
  validos integer NOT NULL,
  rechazados integer NOT NULL,
  duplicados integer NOT NULL,
  productos_nuevos integer NOT NULL,
  productos_actualizados integer NOT NULL,
  inventario integer NOT NULL,
  conservados integer NOT NULL,
  retirados integer NOT NULL,
  historico integer NOT NULL,
  precios_cambiados integer NOT NULL,
  ms_extraccion integer NOT NULL,
  ms_transformacion integer NOT NULL,
  ms_carga integer NOT NULL,
  CHECK (extraidos = validos + rechazados + duplicados),
  CHECK ((estado = 'cargado') = (error_codigo IS NULL)),
  PRIMARY KEY (ejecucion_id, almacen_codigo)
);

CREATE TABLE etl_rechazos (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ejecucion_id uuid NOT NULL REFERENCES etl_ejecuciones (id) ON DELETE CASCADE,
  almacen_codigo codigo_exacto NOT NULL,
  producto_codigo codigo_exacto,
  motivo text NOT NULL,
  fila text NOT NULL CHECK (octet_length(fila) <= 2048)
);

-- Refused rows are read by run and warehouse, and removed with their run.
CREATE INDEX etl_rechazos_ejecucion_id_idx ON etl_rechazos (ejecucion_id, almacen_codigo);
