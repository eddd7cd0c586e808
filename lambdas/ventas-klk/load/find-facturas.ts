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

/**
 * Makes the planner use the unique key: without bitmap scans it can use no index for the OR over the days, which still selects the partitions.
 * In a backfill the statistics lack the days and estimate one line for all of them, and the planner would read all lines of the store for each invoice.
 */
export const BY_KEY = 'SET LOCAL enable_bitmapscan = off';

/**
 * The statement of `findFacturasAjenas`, which runs after `BY_KEY`: it looks up one invoice after the other by the unique key. The planner does not know the
 * store, because of the SELECT, and estimates as many lines as an average store has. Where the statistics lack the store it would estimate one line, and
 * might read all of them for each invoice.
 */
export const FACTURAS_AJENAS = `
  SELECT DISTINCT n.numero, v.dia = $2::date AS "mismoDia"
    FROM unnest($3::text[]) AS n (numero)
   CROSS JOIN LATERAL (
         SELECT dia, fecha_venta FROM ventas
          WHERE ubicacion_id = (SELECT $1::text) AND numero_factura = n.numero
            AND (dia BETWEEN $2::date - $4::integer AND $2::date + $4::integer OR dia = $2::date)
         OFFSET 0) AS v
   WHERE NOT (v.dia = $2::date AND v.fecha_venta >= $5::timestamptz AND v.fecha_venta < $6::timestamptz)`;

/** Which of these invoices the store has outside the slice: the key of the partitioned table cannot forbid one invoice on two days. */
export async function findFacturasAjenas(
  client: Queryable,
  tramo: Tramo,
  numeros: readonly string[],
): Promise<FacturasAjenas> {
  const [, { rows }] = await Promise.all([
    client.query(BY_KEY),
    client.query<{ numero: string; mismoDia: boolean }>(FACTURAS_AJENAS, [
      tramo.tienda,
      tramo.dia,
      numeros,
      DIAS_DE_UN_NUMERO,
      startOf(tramo),
      endOf(tramo),
    ]),
    client.query('SET LOCAL enable_bitmapscan = on'),
  ]);
  return {
    enOtroDia: new Set(rows.filter(({ mismoDia }) => !mismoDia).map(({ numero }) => numero)),
    enOtroTramo: rows.filter(({ mismoDia }) => mismoDia).map(({ numero }) => numero),
  };
}
