import { ZONA } from '../../core/config/locale.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { diaAt, startOfDia } from '../../core/time/dia.ts';

/** Days before today that are looked at: a first backfill, which takes its time, must not ring for months. */
const DIAS = 35;

/** A day counts as missing from this hour on: until then the runs of the night read it again. */
const DESDE_LA_HORA = 6;
const HORA_MS = 3_600_000;

/** What is missing of the sales. */
export interface Pendientes {
  /** Days of a store, before today, of which some slice was never read to its end, or failed last. */
  readonly diasIncompletos: number;
}

/** What is missing of these stores' sales at a moment, of the days since `ventasDesde`. */
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
