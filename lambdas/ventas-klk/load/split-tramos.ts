import { ZONA } from '../../core/config/locale.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import type { Tramo } from '../tramo.ts';
import { COLUMNAS_SUMAS, sumLines } from './sumas.ts';

/** A slice, and the slices into which it is cut, in any order. */
export interface Cut {
  readonly tramo: Tramo;
  readonly parts: readonly Tramo[];
}

const SUMAS = COLUMNAS_SUMAS.join(', ');

/**
 * Cuts slices, all or none. The lines do not change. The sums of each part that may hold lines are computed again, and its fingerprint is
 * removed, so that the next answer is compared line by line. A slice that changed since the cut was decided stays whole.
 */
export async function splitTramos(client: Queryable, cuts: readonly Cut[]): Promise<void> {
  const parts = cuts.flatMap(({ tramo, parts }) => parts.map((part) => ({ tramo, part })));
  await client.query(
    `WITH pedidas AS (
       SELECT * FROM unnest($1::text[], $2::date[], $3::time[], $4::time[], $5::time[], $6::time[])
           AS p (ubicacion_id, dia, inicio, fin, desde, hasta)
     ), enteros AS (
       SELECT * FROM ventas_tramos
        WHERE (ubicacion_id, dia, desde, hasta) IN (SELECT ubicacion_id, dia, inicio, fin FROM pedidas)
        ORDER BY ubicacion_id, dia, desde
          FOR UPDATE
     ), partes AS (
       SELECT e.ubicacion_id, e.dia, e.desde AS inicio, p.desde, p.hasta, e.estado, e.cerrado, e.lecturas, e.leido, e.ultimo_cambio, e.pedido, e.ejecucion_id,
              e.error_codigo, e.error_mensaje, e.error_momento, e.vacio_rechazado, hay.*,
              -- Each part may be the one that lacks a rejected line.
              e.rechazadas
         FROM pedidas p
         JOIN enteros e ON (e.ubicacion_id, e.dia, e.desde) = (p.ubicacion_id, p.dia, p.inicio)
        CROSS JOIN LATERAL (${sumLines(
          `ventas WHERE e.lineas > 0 AND ubicacion_id = e.ubicacion_id AND dia = e.dia
                    AND fecha_venta >= (e.dia + p.desde) AT TIME ZONE $7::text AND fecha_venta < (e.dia + p.hasta) AT TIME ZONE $7::text`,
        )}) AS hay
     ), acortados AS (
       UPDATE ventas_tramos t
          SET hasta = p.hasta, huella = NULL, (${SUMAS}) = (${COLUMNAS_SUMAS.map((columna) => `p.${columna}`).join(', ')})
         FROM partes p
        WHERE p.desde = p.inicio AND (t.ubicacion_id, t.dia, t.desde) = (p.ubicacion_id, p.dia, p.desde)
     )
     INSERT INTO ventas_tramos (ubicacion_id, dia, desde, hasta, estado, cerrado, lecturas, leido, ultimo_cambio, pedido, ejecucion_id,
                                error_codigo, error_mensaje, error_momento, vacio_rechazado, rechazadas, ${SUMAS})
     SELECT ubicacion_id, dia, desde, hasta, estado, cerrado, lecturas, leido, ultimo_cambio, pedido, ejecucion_id,
            error_codigo, error_mensaje, error_momento, vacio_rechazado, rechazadas, ${SUMAS}
       FROM partes WHERE desde <> inicio`,
    [
      parts.map(({ tramo }) => tramo.tienda),
      parts.map(({ tramo }) => tramo.dia),
      parts.map(({ tramo }) => tramo.desde),
      parts.map(({ tramo }) => tramo.hasta),
      parts.map(({ part }) => part.desde),
      parts.map(({ part }) => part.hasta),
      ZONA,
    ],
  );
}
