import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** A slice that is missing: its last reading failed, it has ended and nobody has read it, or its day is over and it was last read before it ended. */
export interface TramoQueFalta {
  readonly tienda: string;
  readonly dia: string;
  /** `HH:MM`. */
  readonly desde: string;
  readonly hasta: string;
  /** Null when its last reading did not fail. */
  readonly codigo: string | null;
  readonly mensaje: string | null;
}

/** Which days of which stores; both days are included. */
export interface Periodo {
  readonly tiendas: readonly string[];
  readonly desde: string;
  readonly hasta: string;
}

/** The slices that are missing, and the days of which the ledger has none, by store and time. */
export async function readTramosQueFaltan(
  client: Queryable,
  { tiendas, desde, hasta }: Periodo,
): Promise<TramoQueFalta[]> {
  const { rows } = await client.query<TramoQueFalta>(
    `SELECT ubicacion_id AS tienda, to_char(dia, 'YYYY-MM-DD') AS dia, left(desde::text, 5) AS desde, left(hasta::text, 5) AS hasta,
            error_codigo AS codigo, error_mensaje AS mensaje
       FROM ventas_tramos
      WHERE ubicacion_id = ANY ($1::text[]) AND dia BETWEEN $2::date AND $3::date
        AND (error_codigo IS NOT NULL OR estado = 'pendiente' AND (dia + hasta) AT TIME ZONE 'America/Caracas' <= now()
             OR leido < (dia + hasta) AT TIME ZONE 'America/Caracas' AND (dia + 1)::timestamp AT TIME ZONE 'America/Caracas' <= now())
      UNION ALL
     SELECT ubicacion_id, to_char(dia, 'YYYY-MM-DD'), '00:00', '24:00', NULL, NULL
       FROM cobertura_ventas
      WHERE ubicacion_id = ANY ($1::text[]) AND dia BETWEEN $2::date AND $3::date AND tramos = 0
      ORDER BY tienda, dia, desde`,
    [tiendas, desde, hasta],
  );
  return rows;
}
