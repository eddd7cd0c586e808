import type { Queryable } from '../../core/postgres/connection.ts';
import { estadoDe } from '../../core/run/read-ejecuciones.ts';
import type { Origen } from '../../core/run/summary.ts';

/** A run of the sales as its row records it. */
export interface EjecucionVentas {
  readonly id: string;
  readonly origen: Origen;
  readonly estado: string;
  readonly inicio: Date;
  /** Null while it is running; for a run that died, when a later run closed its row. */
  readonly fin: Date | null;
  readonly tiendas: number | null;
  readonly cargadas: number | null;
  readonly fallidas: number | null;
  readonly omitidas: number | null;
  readonly lineasNuevas: number | null;
  readonly lineasCambiadas: number | null;
  readonly lineasRetiradas: number | null;
  readonly tramosLeidos: number | null;
  readonly tramosFallidos: number | null;
  readonly tramosPendientes: number | null;
  /** Of the slices read, USD, as decimal text. */
  readonly ventaUsd: string | null;
  readonly errorCodigo: string | null;
  readonly errorMensaje: string | null;
}

/** The latest runs of the sales, newest first; `vivas` are the ids of the runs that are alive. */
export async function readEjecucionesVentas(
  client: Queryable,
  vivas: readonly string[],
  maximo: number,
): Promise<EjecucionVentas[]> {
  const { rows } = await client.query<EjecucionVentas>(
    `SELECT id, origen, inicio, fin, tiendas, cargadas, fallidas, omitidas, lineas_nuevas AS "lineasNuevas",
            ${estadoDe('$1')} AS estado,
            lineas_cambiadas AS "lineasCambiadas", lineas_retiradas AS "lineasRetiradas", tramos_leidos AS "tramosLeidos",
            tramos_fallidos AS "tramosFallidos", tramos_pendientes AS "tramosPendientes",
            trim_scale(venta_total)::text AS "ventaUsd", error_codigo AS "errorCodigo", error_mensaje AS "errorMensaje"
       FROM etl_ejecuciones e
      -- A run of the future, recorded while the clock was ahead, is not the last.
      WHERE flujo = 'ventas' AND inicio <= clock_timestamp()
      ORDER BY inicio DESC LIMIT $2::integer`,
    [vivas, maximo],
  );
  return rows;
}
