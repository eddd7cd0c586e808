-- Suggested purchase orders of the dashboards, and their lines.
CREATE TABLE pedidos_sugeridos (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ubicacion_id codigo_exacto NOT NULL REFERENCES ubicaciones (id),
  fecha_generacion timestamptz NOT NULL DEFAULT now(),
  estado text NOT NULL DEFAULT 'borrador'
    CHECK (estado IN ('borrador', 'enviado', 'aprobado', 'rechazado', 'cancelado')),
  observaciones text,
  metadata jsonb,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE pedidos_productos (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pedido_id bigint NOT NULL REFERENCES pedidos_sugeridos (id) ON DELETE CASCADE,
  producto_id codigo_exacto NOT NULL REFERENCES productos (id),
  cantidad_sugerida decimal_finito NOT NULL CHECK (cantidad_sugerida > 0),
  cantidad_final decimal_finito CHECK (cantidad_final >= 0),
  razon text,
  comentarios text,
  metadata jsonb,
  fecha_creacion timestamptz NOT NULL DEFAULT now(),
  fecha_actualizacion timestamptz NOT NULL DEFAULT now()
);

-- The cascade from an order to its lines reads by this column.
CREATE INDEX pedidos_productos_pedido_id_idx ON pedidos_productos (pedido_id);
