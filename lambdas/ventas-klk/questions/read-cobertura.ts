import type { Queryable } from '../../core/postgres/connection.ts';

/** The state of a day of a store: all slices closed; all read; some failed; some never read. */
export type EstadoDia = 'completo' | 'provisional' | 'fallido' | 'falta';

/** A day of a store, as `cobertura_ventas` says. */
export interface CoberturaDia {
  readonly tienda: string;
  /** `2026-11-24`. */
  readonly dia: string;
  readonly estado: EstadoDia;
  /** Slices; those of them that were never read; those whose last reading failed. */
  readonly tramos: number;
  readonly pendientes: number;
  readonly fallidos: number;
  /** When the last accepted answer for one of its slices was asked for. */
  readonly leido: Date | null;
}

/** The days of these stores from one day to another, newest first; a store that was never wanted has none. */
export async function readCobertura(
  client: Queryable,
  tiendas: readonly string[],
  desde: string,
  hasta: string,
): Promise<CoberturaDia[]> {
  const { rows } = await client.query<CoberturaDia>(
    `SELECT ubicacion_id AS tienda, to_char(c.dia, 'YYYY-MM-DD') AS dia, estado, tramos::integer AS tramos,
            tramos_pendientes::integer AS pendientes, tramos_fallidos::integer AS fallidos, leido
       FROM cobertura_ventas c
      WHERE ubicacion_id = ANY ($1::text[]) AND c.dia BETWEEN $2::date AND $3::date
      ORDER BY ubicacion_id, c.dia DESC`,
    [tiendas, desde, hasta],
  );
  return rows;
}
