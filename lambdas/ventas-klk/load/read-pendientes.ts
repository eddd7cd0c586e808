import { ZONA } from '../../core/config/locale.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { diaAt, startOfDia } from '../../core/time/dia.ts';

/** Days before today that count: a first backfill takes long, and must not keep the alarm on for months. */
const DIAS = 35;

/** Hour from which on yesterday may count as missing: the runs of the night read it again before. */
const DESDE_LA_HORA = 6;
const HORA_MS = 3_600_000;

/** What is missing of the sales. */
export interface Pendientes {
  /** Days of a store, before today, of which a slice was not read since it ended, or failed last. */
  readonly diasIncompletos: number;
}

/** Counts what is missing of these stores' sales at a moment, since `ventasDesde`. */
export async function readPendientes(
  client: Queryable,
  tiendas: readonly string[],
  momento: Date,
  ventasDesde: string | undefined,
): Promise<Pendientes> {
  const hoy = diaAt(momento);
  if (momento.getTime() - startOfDia(hoy).getTime() < DESDE_LA_HORA * HORA_MS) return { diasIncompletos: 0 };
  const { rows } = await client.query<Pendientes>(
    `SELECT count(DISTINCT (ubicacion_id, dia))::integer AS "diasIncompletos"
       FROM ventas_tramos
      WHERE ubicacion_id = ANY ($1::text[]) AND dia BETWEEN greatest($2::date - $3::integer, $5::date) AND $2::date - 1
        AND (estado IN ('pendiente', 'fallido') OR leido < (dia + hasta) AT TIME ZONE $4::text)`,
    [tiendas, hoy, DIAS, ZONA, ventasDesde],
  );
  return rows[0] ?? { diasIncompletos: 0 };
}
