-- Whether a slice may be read again by itself: it is not closed, not read since its thirtieth day, or a person asked for it since. Runs read these slices alone, however
-- many days of history there are. The column changes few times in a slice's life, so that its other updates stay within a page (HOT), which an index on their own columns
-- would prevent.
ALTER TABLE ventas_tramos
  ADD COLUMN abierto boolean NOT NULL GENERATED ALWAYS AS (
    estado <> 'cerrado' OR leido < (dia + 30)::timestamp AT TIME ZONE 'America/Caracas' OR coalesce(leido < pedido, false)) STORED;

CREATE INDEX ventas_tramos_abierto_idx ON ventas_tramos (ubicacion_id, dia) WHERE abierto;
