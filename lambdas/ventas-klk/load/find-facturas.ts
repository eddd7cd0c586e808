import type { Queryable } from '../../core/postgres/connection.ts';
import type { Tramo } from '../tramo.ts';
import { endOf, startOf } from '../tramo.ts';

/** A store does not use the number of an invoice again within so many days. */
const DIAS_DE_UN_NUMERO = 35;

/** Invoices of an answer of which the store has lines outside the slice. */
export interface FacturasAjenas {
  readonly enOtroDia: ReadonlySet<string>;
  readonly enOtroTramo: readonly string[];
}

/** Which of these invoices the store has outside the slice: the key of the partitioned table cannot forbid one invoice on two days. */
export async function findFacturasAjenas(
  client: Queryable,
  tramo: Tramo,
  numeros: readonly string[],
): Promise<FacturasAjenas> {
  const { rows } = await client.query<{ numero: string; mismoDia: boolean }>(
    `SELECT DISTINCT numero_factura AS numero, dia = $2::date AS "mismoDia"
       FROM ventas
      WHERE ubicacion_id = $1::text AND numero_factura = ANY ($3::text[])
        AND dia BETWEEN $2::date - $4::integer AND $2::date + $4::integer
        AND NOT (dia = $2::date AND fecha_venta >= $5::timestamptz AND fecha_venta < $6::timestamptz)`,
    [tramo.tienda, tramo.dia, numeros, DIAS_DE_UN_NUMERO, startOf(tramo), endOf(tramo)],
  );
  return {
    enOtroDia: new Set(rows.filter(({ mismoDia }) => !mismoDia).map(({ numero }) => numero)),
    enOtroTramo: rows.filter(({ mismoDia }) => mismoDia).map(({ numero }) => numero),
  };
}
