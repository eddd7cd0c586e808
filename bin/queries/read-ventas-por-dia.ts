import type { Queryable } from '../../lambdas/core/postgres/connection.ts';

/** What a store sold on a day, as far as it was read. */
export interface VentasDia {
  readonly tienda: string;
  /** `2026-11-24`. */
  readonly dia: string;
  readonly lineas: number;
  /** Tickets. */
  readonly facturas: number;
  /** USD, to draw and to compare; the ledger has it to the last digit. */
  readonly ventaUsd: number;
}

/** What these stores sold from one day to another, by store and day; from the ledger alone. */
export async function readVentasPorDia(
  client: Queryable,
  tiendas: readonly string[],
  desde: string,
  hasta: string,
): Promise<VentasDia[]> {
  const { rows } = await client.query<VentasDia>(
    `SELECT ubicacion_id::text AS tienda, to_char(dia, 'YYYY-MM-DD') AS dia, lineas::integer, facturas::integer,
            venta_total::float8 AS "ventaUsd"
       FROM ventas_por_dia
      WHERE ubicacion_id = ANY ($1::text[]) AND dia BETWEEN $2::date AND $3::date
      ORDER BY ubicacion_id, dia`,
    [tiendas, desde, hasta],
  );
  return rows;
}
