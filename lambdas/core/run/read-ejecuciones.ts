import type { Queryable } from '../postgres/connection.ts';
import { ZONA } from '../config/locale.ts';
import type { Flujo } from './flujo.ts';
import type { Fase, Origen } from './summary.ts';

/** What a run did with the sales. */
export interface SumasVentas {
  readonly nuevas: number;
  readonly cambiadas: number;
  readonly retiradas: number;
  readonly tramosLeidos: number;
  readonly tramosFallidos: number;
  readonly tramosPendientes: number;
  /** Of the slices read, USD, as decimal text. */
  readonly ventaUsd: string;
}

/** A run as its row records it. */
export interface Ejecucion {
  readonly id: string;
  readonly flujo: Flujo;
  readonly origen: Origen;
  readonly estado: string;
  readonly inicio: Date;
  /** Null while it is running; for a run that died, when a later run closed its row. */
  readonly fin: Date | null;
  /** Null also when unknown: the run died, or the database's clock was set back meanwhile. */
  readonly duracionMs: number | null;
  readonly forzar: boolean;
  readonly tiendas: number | null;
  readonly cargadas: number | null;
  readonly fallidas: number | null;
  readonly omitidas: number | null;
  readonly extraidos: number | null;
  readonly rechazados: number | null;
  readonly inventario: number | null;
  readonly historico: number | null;
  /** Null for a run of the inventory, and for one of the sales that has not ended. */
  readonly ventas: SumasVentas | null;
  /** Articles whose price changed, of the warehouses asked about. */
  readonly preciosCambiados: number;
  readonly errorCodigo: string | null;
  readonly errorMensaje: string | null;
  /** Milliseconds per phase, summed over the warehouses asked about. */
  readonly ms: Readonly<Record<Fase, number>>;
  /** Error codes of the warehouses asked about, and the run's own. */
  readonly errores: readonly string[];
}

/** Which runs, newest first. */
export interface Historial {
  /** Of which pipeline; of the inventory unless it says otherwise. */
  readonly flujo?: Flujo | 'todos' | undefined;
  /** One run alone. */
  readonly id?: string | undefined;
  /** A store's id: only runs that processed it or failed before any store. Phases and errors are those of the store. */
  readonly tienda?: string | undefined;
  /** A day or a moment in the time zone of the stores, `2026-11-24` or `2026-11-24T08:30`. */
  readonly desde?: string | undefined;
  /** Only runs that began by this moment. Runs recorded while the database's clock was ahead lie in the future. */
  readonly hasta?: Date | undefined;
  readonly maximo?: number | undefined;
}

/**
 * SQL for the state of run `e`, given the parameter with the runs that are alive. A run whose row is open but that does not hold the lock
 * has died, even if no later run has closed its row yet.
 */
export const estadoDe = (vivas: string): string =>
  `CASE WHEN e.estado = 'en_curso' AND e.id <> ALL (${vivas}::uuid[]) THEN 'abandonada' ELSE e.estado END`;

/** Past runs and the running one; `vivas` are the ids of the runs that are alive. */
export async function readEjecuciones(
  client: Queryable,
  vivas: readonly string[],
  { flujo = 'inventario', id, tienda, desde, hasta, maximo }: Historial,
): Promise<Ejecucion[]> {
  const { rows } = await client.query<Ejecucion>(
    `SELECT e.id, e.flujo, e.origen, ${estadoDe('$6')} AS estado, e.inicio, e.fin, e.forzar, e.tiendas, e.cargadas, e.fallidas, e.omitidas,
            e.extraidos, e.rechazados, e.inventario, e.historico,
            e.error_codigo AS "errorCodigo", e.error_mensaje AS "errorMensaje",
            CASE WHEN e.estado <> 'abandonada' AND e.fin >= e.inicio
                 THEN round(extract(epoch FROM e.fin - e.inicio) * 1000)::float8 END AS "duracionMs",
            CASE WHEN e.tramos_leidos IS NOT NULL THEN
              json_build_object('nuevas', e.lineas_nuevas, 'cambiadas', e.lineas_cambiadas, 'retiradas', e.lineas_retiradas,
                                'tramosLeidos', e.tramos_leidos, 'tramosFallidos', e.tramos_fallidos,
                                'tramosPendientes', e.tramos_pendientes, 'ventaUsd', trim_scale(e.venta_total)::text) END AS ventas,
            m.precios AS "preciosCambiados", m.ms, array_remove(m.errores || e.error_codigo, NULL) AS errores
       FROM etl_ejecuciones e
      CROSS JOIN LATERAL (
            SELECT count(*) AS partes, coalesce(sum(precios_cambiados), 0)::integer AS precios,
                   coalesce(array_agg(DISTINCT error_codigo) FILTER (WHERE error_codigo IS NOT NULL), '{}') AS errores,
                   json_build_object('extraccion', coalesce(sum(ms_extraccion), 0),
                                     'transformacion', coalesce(sum(ms_transformacion), 0),
                                     'carga', coalesce(sum(ms_carga), 0)) AS ms
              FROM (SELECT ubicacion_id, precios_cambiados, error_codigo, ms_extraccion, ms_transformacion, ms_carga
                      FROM etl_ejecucion_almacenes WHERE ejecucion_id = e.id
                     UNION ALL
                    SELECT ubicacion_id, 0, error_codigo, ms_extraccion, ms_transformacion, ms_carga
                      FROM etl_ejecucion_ventas WHERE ejecucion_id = e.id) AS parte
             WHERE $1::text IS NULL OR ubicacion_id = $1::text) AS m
      WHERE ($1::text IS NULL OR m.partes > 0 OR e.error_codigo IS NOT NULL)
        AND ($2::text IS NULL OR e.inicio >= $2::timestamp AT TIME ZONE $3::text)
        AND ($4::uuid IS NULL OR e.id = $4::uuid)
        AND ($7::timestamptz IS NULL OR e.inicio <= $7::timestamptz)
        AND ($8::text = 'todos' OR e.flujo = $8::text)
      ORDER BY e.inicio DESC
      LIMIT $5::integer`,
    [tienda ?? null, desde ?? null, ZONA, id ?? null, maximo ?? null, vivas, hasta ?? null, flujo],
  );
  return rows;
}
