-- The version in force of every article in every warehouse. A load writes only what changed; a quarter of each page stays free, so that a changed row
-- finds room beside its old one and no index is touched (HOT).
CREATE TABLE inventario_vigente (
  ubicacion_id codigo_exacto NOT NULL,
  almacen_codigo codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL REFERENCES productos (id),
  cantidad decimal_finito NOT NULL,
  precio_venta decimal_finito,
  iva decimal_finito,
  vigente_desde timestamptz NOT NULL CHECK (isfinite(vigente_desde)),
  PRIMARY KEY (almacen_codigo, producto_id),
  FOREIGN KEY (almacen_codigo, ubicacion_id) REFERENCES almacenes (codigo, ubicacion_id) ON UPDATE CASCADE
) WITH (fillfactor = 75);

-- Where a version lies in the index. Versions are told apart by how long they were in force: those of class k for less than 16 * 4^k hours. Within its
-- class a version lies in the slot of 4 * 4^k hours in which it ended. So what was in force at a moment lies in five slots of each class, wherever the
-- moment is, and a load, whose versions all end now, adds to the last slot of each class (docs/decisions/0015-history-as-versions.md).
CREATE FUNCTION clase_de(duracion interval) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN width_bucket(duracion, ARRAY['16 h', '64 h', '256 h', '1024 h', '4096 h', '16384 h', '65536 h']::interval[]);

-- One expression of immutable functions, so that the planner puts it in the place of the call: called, it took 8 us of the 12 us that a version took to
-- be stored. That is why the moment is told as an interval, whose seconds do not depend on the time zone.
CREATE FUNCTION casilla(desde timestamptz, hasta timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (clase_de(hasta - desde) << 24)
       + (floor(extract(epoch FROM hasta - timestamptz '1970-01-01 UTC'))::bigint / 14400 >> 2 * clase_de(hasta - desde))::integer;

-- The slots in which the versions lie that were in force at some time in a period, class by class, and before when those of the class have ended.
-- The last class has no limit: its slots of 7.5 years are named until ten years from now, for a version ends when a snapshot is accepted, and no clock
-- is that much ahead. STRICT keeps the planner from putting the body in the place of the call, where it may be evaluated for every version (40 ms instead
-- of 4 for one article over 30 days).
CREATE FUNCTION casillas_de(desde timestamptz, hasta timestamptz)
RETURNS TABLE (casillas integer[], fin timestamptz)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 8 BEGIN ATOMIC
  SELECT ARRAY(SELECT (clase << 24) + casilla
                 FROM generate_series((primera >> 2 * clase)::integer,
                                      CASE WHEN clase < 7 THEN (ultima >> 2 * clase) + 4 ELSE greatest(ultima, futuro) >> 14 END::integer) AS casilla),
         CASE WHEN clase < 7 THEN hasta + interval '16 hours' * 4 ^ clase ELSE 'infinity' END
    FROM generate_series(0, 7) AS clase,
         LATERAL (SELECT floor(extract(epoch FROM greatest('2000-01-01 UTC'::timestamptz, least(desde, '2200-01-01 UTC'))))::bigint / 14400 AS primera,
                         floor(extract(epoch FROM greatest('2000-01-01 UTC'::timestamptz, least(hasta, '2200-01-01 UTC'))))::bigint / 14400 AS ultima,
                         floor(extract(epoch FROM now() + interval '10 years'))::bigint / 14400 AS futuro) AS p;
END;

-- Closed versions, each in force in [vigente_desde, vigente_hasta). Partitioned by when they ended: a load writes into one partition, and retention drops
-- only what ended before what is kept. No foreign keys: every row comes from inventario_vigente, which has them.
CREATE TABLE inventario_versiones (
  ubicacion_id codigo_exacto NOT NULL,
  almacen_codigo codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  cantidad decimal_finito NOT NULL,
  precio_venta decimal_finito,
  iva decimal_finito,
  vigente_desde timestamptz NOT NULL,
  vigente_hasta timestamptz NOT NULL,
  casilla integer NOT NULL GENERATED ALWAYS AS (casilla(vigente_desde, vigente_hasta)) STORED,
  -- Whether the version that followed at once has another price, and which; NULL is unknown, as in precio_venta.
  cambia_precio boolean NOT NULL,
  precio_siguiente decimal_finito,
  CHECK (vigente_hasta > vigente_desde),
  -- The beginning is last, so that versions that began too late are left out before their rows are read.
  PRIMARY KEY (almacen_codigo, casilla, producto_id, vigente_hasta, vigente_desde)
) PARTITION BY RANGE (vigente_hasta);

CREATE INDEX inventario_versiones_cambia_precio_idx ON inventario_versiones (vigente_hasta) WHERE cambia_precio;

-- Catches versions of a month that has no partition, so that a load never fails for want of one.
CREATE TABLE inventario_versiones_default PARTITION OF inventario_versiones DEFAULT;

-- When an article's row was refused its version stands, unconfirmed: from the snapshot that confirmed it last to the one that did again, replaced or
-- retired it. Open ones, without an end, are those of now.
CREATE TABLE inventario_sin_confirmar (
  almacen_codigo codigo_exacto NOT NULL,
  producto_id codigo_exacto NOT NULL,
  confirmado timestamptz NOT NULL,
  reconfirmado timestamptz,
  CHECK (reconfirmado > confirmado),
  PRIMARY KEY (almacen_codigo, producto_id, confirmado)
);

CREATE UNIQUE INDEX inventario_sin_confirmar_abierto_idx ON inventario_sin_confirmar (almacen_codigo, producto_id) WHERE reconfirmado IS NULL;
