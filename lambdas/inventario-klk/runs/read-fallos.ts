import type { Queryable } from '../load/database.ts';

/** An error that befell one warehouse, or a whole run, once or again and again. */
export interface Fallo {
  /** Null when the run failed before any store. */
  readonly tienda: string | null;
  readonly almacen: string | null;
  readonly codigo: string;
  /** Of the last time. */
  readonly mensaje: string;
  readonly ultimaVez: Date;
  readonly ejecucionId: string;
  readonly veces: number;
}

/** Errors shown, at most. */
const NEWEST = 15;

/** The errors of the past year that happened last, newest first; of these codes alone when any are given. */
export async function readFallos(client: Queryable, codigos?: readonly string[]): Promise<Fallo[]> {
  const { rows } = await client.query<Fallo>(
    `SELECT tienda, almacen, codigo, count(*)::integer AS veces, max(inicio) AS "ultimaVez",
            (array_agg(mensaje ORDER BY inicio DESC))[1] AS mensaje,
            (array_agg(id ORDER BY inicio DESC))[1] AS "ejecucionId"
       FROM (SELECT e.id, e.inicio, m.ubicacion_id AS tienda, m.almacen_codigo AS almacen,
                    m.error_codigo AS codigo, m.error_mensaje AS mensaje
               FROM etl_ejecuciones e JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id
              UNION ALL
             SELECT id, inicio, NULL, NULL, error_codigo, error_mensaje FROM etl_ejecuciones) AS fallo
      WHERE codigo IS NOT NULL AND inicio > now() - interval '1 year'
        AND ($1::text[] IS NULL OR codigo = ANY ($1::text[]))
      GROUP BY tienda, almacen, codigo
      ORDER BY max(inicio) DESC, almacen
      LIMIT $2::integer`,
    [codigos ?? null, NEWEST],
  );
  return rows;
}
