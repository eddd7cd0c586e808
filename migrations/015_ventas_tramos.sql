-- The ledger of the sales: one row per slice [desde, hasta) of a store's day, in Caracas time. The slices of a day tile it. What was accepted of each, and what is
-- missing. A quarter of each page stays free, so that a row that is read again finds room beside its old one (HOT).
CREATE TABLE ventas_tramos (
  ubicacion_id codigo_exacto NOT NULL REFERENCES ubicaciones (id),
  dia date NOT NULL CHECK (isfinite(dia)),
  desde time NOT NULL,
  hasta time NOT NULL,
  estado text NOT NULL DEFAULT 'pendiente' CHECK (estado IN ('pendiente', 'provisional', 'cerrado', 'fallido')),
  lineas integer NOT NULL DEFAULT 0 CHECK (lineas >= 0),
  facturas integer NOT NULL DEFAULT 0 CHECK (facturas >= 0),
  venta_total decimal_finito NOT NULL DEFAULT 0,
  unidades decimal_finito NOT NULL DEFAULT 0,
  kilos decimal_finito NOT NULL DEFAULT 0,
  rechazadas integer NOT NULL DEFAULT 0 CHECK (rechazadas >= 0),
  -- Lines that the last accepted answer removed.
  retiradas integer NOT NULL DEFAULT 0 CHECK (retiradas >= 0),
  -- Fingerprint of the valid lines of the accepted answer.
  huella text,
  -- How many answers were accepted, and when the last of them was asked for: an older one is refused.
  lecturas integer NOT NULL DEFAULT 0 CHECK (lecturas >= 0),
  leido timestamptz CHECK (isfinite(leido)),
  -- The accepted answer that last changed a line.
  ultimo_cambio timestamptz,
  -- When a person last asked for it; what is asked for again while it waits keeps its place.
  pedido timestamptz CHECK (isfinite(pedido)),
  ejecucion_id uuid,
  -- Of the last attempt, if it failed.
  error_codigo text,
  error_mensaje text,
  error_momento timestamptz,
  PRIMARY KEY (ubicacion_id, dia, desde),
  CHECK (desde < hasta),
  CHECK (extract(second FROM desde) = 0 AND extract(second FROM hasta) = 0),
  CHECK ((leido IS NULL) = (lecturas = 0)),
  CHECK (leido IS NOT NULL OR num_nonnulls(huella, ultimo_cambio) = 0 AND lineas = 0 AND rechazadas = 0),
  CHECK (ultimo_cambio <= leido),
  CHECK (facturas <= lineas AND (lineas = 0) = (facturas = 0)),
  CHECK (lineas > 0 OR venta_total = 0 AND unidades = 0 AND kilos = 0),
  CHECK (num_nulls(error_codigo, error_mensaje, error_momento) IN (0, 3)),
  CHECK (CASE estado WHEN 'pendiente' THEN leido IS NULL AND error_codigo IS NULL
                     WHEN 'provisional' THEN leido IS NOT NULL AND error_codigo IS NULL
                     WHEN 'cerrado' THEN lecturas >= 2
                     ELSE error_codigo IS NOT NULL END)
) WITH (fillfactor = 75);

-- The stores of a day, or of a month, side by side.
CREATE INDEX ventas_tramos_dia_idx ON ventas_tramos (dia);
