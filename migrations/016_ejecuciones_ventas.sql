-- A run is of one pipeline. The counts of each are NULL in the other's runs.
ALTER TABLE etl_ejecuciones
  ADD COLUMN flujo text NOT NULL DEFAULT 'inventario' CHECK (flujo IN ('inventario', 'ventas')),
  ADD COLUMN lineas_nuevas integer,
  ADD COLUMN lineas_cambiadas integer,
  ADD COLUMN lineas_retiradas integer,
  ADD COLUMN tramos_leidos integer,
  ADD COLUMN tramos_fallidos integer,
  ADD COLUMN tramos_pendientes integer,
  -- Of the slices read, USD.
  ADD COLUMN venta_total decimal_finito,
  ADD CHECK (flujo = 'ventas' OR num_nonnulls(lineas_nuevas, lineas_cambiadas, lineas_retiradas, tramos_leidos, tramos_fallidos, tramos_pendientes, venta_total) = 0),
  ADD CHECK (flujo = 'inventario' OR num_nonnulls(inventario, historico) = 0);

-- What a run did with the sales of each store.
CREATE TABLE etl_ejecucion_ventas (
  ejecucion_id uuid NOT NULL REFERENCES etl_ejecuciones (id) ON DELETE CASCADE,
  ubicacion_id codigo_exacto NOT NULL,
  estado text NOT NULL CHECK (estado IN ('cargada', 'fallida', 'omitida')),
  -- Days of which a slice was read or tried.
  dias integer NOT NULL,
  tramos_cargados integer NOT NULL,
  tramos_iguales integer NOT NULL,
  tramos_fallidos integer NOT NULL,
  tramos_pendientes integer NOT NULL,
  extraidos integer NOT NULL,
  validos integer NOT NULL,
  rechazados integer NOT NULL,
  duplicados integer NOT NULL,
  lineas_nuevas integer NOT NULL,
  lineas_cambiadas integer NOT NULL,
  lineas_retiradas integer NOT NULL,
  venta_total decimal_finito NOT NULL,
  error_codigo text,
  error_mensaje text,
  -- Why a person had to force a slice, one code per suspicion.
  forzado_codigo text[] CHECK (cardinality(forzado_codigo) > 0),
  ms_extraccion integer NOT NULL,
  ms_transformacion integer NOT NULL,
  ms_carga integer NOT NULL,
  CHECK (extraidos = validos + rechazados + duplicados),
  CHECK (CASE estado WHEN 'cargada' THEN error_codigo IS NULL WHEN 'fallida' THEN error_codigo IS NOT NULL ELSE true END),
  PRIMARY KEY (ejecucion_id, ubicacion_id)
);

-- Lines that were refused, as they came.
CREATE TABLE ventas_rechazos (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ejecucion_id uuid NOT NULL REFERENCES etl_ejecuciones (id) ON DELETE CASCADE,
  ubicacion_id codigo_exacto NOT NULL,
  dia date NOT NULL,
  -- The slice.
  desde time NOT NULL,
  numero_factura codigo_exacto,
  linea integer,
  producto_codigo codigo_exacto,
  motivo text NOT NULL,
  fila text NOT NULL CHECK (octet_length(fila) <= 2048)
);

-- Refused lines are read by run and store, and removed with their run.
CREATE INDEX ventas_rechazos_ejecucion_id_idx ON ventas_rechazos (ejecucion_id, ubicacion_id);
