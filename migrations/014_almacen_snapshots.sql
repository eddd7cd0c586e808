-- Every accepted snapshot of every warehouse, written by the load that accepted it: what was accepted stays known after the next load.
CREATE TABLE almacen_snapshots (
  almacen_codigo text COLLATE "C" NOT NULL REFERENCES almacenes (codigo),
  extraccion timestamptz NOT NULL,
  ubicacion_id text COLLATE "C" NOT NULL REFERENCES ubicaciones (id),
  ejecucion_id uuid NOT NULL,
  articulos integer NOT NULL CHECK (articulos >= 0),
  suma_cantidades numeric NOT NULL CHECK (suma_cantidades > '-Infinity' AND suma_cantidades < 'Infinity'),
  PRIMARY KEY (almacen_codigo, extraccion)
);
