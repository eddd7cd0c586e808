import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import type { RowCounts } from '../../lambdas/inventario-klk/summary.ts';
import type { Fase } from '../../lambdas/core/run/summary.ts';
import { readEjecuciones } from '../../lambdas/core/run/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/core/run/read-ejecuciones.ts';

/** What a run did with one warehouse. */
export interface EjecucionAlmacen extends RowCounts {
  readonly almacen: string;
  readonly tienda: string;
  readonly estado: string;
  readonly ms: Readonly<Record<Fase, number>>;
  readonly errorFase: Fase | null;
  readonly errorCodigo: string | null;
  readonly errorMensaje: string | null;
  /** The suspicions that a person overruled; null for none. */
  readonly forzadoCodigo: readonly string[] | null;
  /** Articles whose price changed. */
  readonly preciosCambiados: number;
}

/** A slice whose last reading failed in a run. */
interface TramoFallido {
  /** `2026-11-24`. */
  readonly dia: string;
  /** `HH:MM`. */
  readonly desde: string;
  readonly hasta: string;
  readonly codigo: string;
  readonly mensaje: string;
}

/** What a run did with the sales of one store. */
export interface EjecucionVentasTienda {
  readonly tienda: string;
  readonly estado: string;
  readonly dias: number;
  readonly tramos: {
    readonly cargados: number;
    readonly iguales: number;
    readonly fallidos: number;
    readonly pendientes: number;
  };
  readonly extraidos: number;
  readonly validos: number;
  readonly rechazados: number;
  readonly duplicados: number;
  readonly nuevas: number;
  readonly cambiadas: number;
  readonly retiradas: number;
  /** Of the slices read, USD, as decimal text. */
  readonly ventaUsd: string;
  readonly ms: Readonly<Record<Fase, number>>;
  readonly errorCodigo: string | null;
  readonly errorMensaje: string | null;
  readonly forzadoCodigo: readonly string[] | null;
  /** Those that no later run has read. */
  readonly siguenFallidos: readonly TramoFallido[];
}

/** A run with its warehouses, or with its stores if it was of the sales. */
export interface EjecucionDetallada extends Ejecucion {
  readonly almacenes: readonly EjecucionAlmacen[];
  readonly ventasPorTienda: readonly EjecucionVentasTienda[];
}

/** Ids of runs that begin with this prefix, newest first, at most five. */
export async function findEjecuciones(client: Queryable, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM etl_ejecuciones WHERE starts_with(id::text, $1::text) ORDER BY inicio DESC LIMIT 5`,
    [prefix.toLowerCase()],
  );
  return rows.map(({ id }) => id);
}

/** One run with all its warehouses or stores; undefined when there is none of that id. */
export async function readEjecucion(
  client: Queryable,
  vivas: readonly string[],
  id: string,
): Promise<EjecucionDetallada | undefined> {
  const [ejecucion] = await readEjecuciones(client, vivas, { id, flujo: 'todos' });
  return (
    ejecucion && {
      ...ejecucion,
      almacenes: await readAlmacenes(client, id),
      ventasPorTienda: await readVentasPorTienda(client, id),
    }
  );
}

async function readAlmacenes(client: Queryable, id: string): Promise<EjecucionAlmacen[]> {
  const { rows } = await client.query<EjecucionAlmacen>(
    `SELECT almacen_codigo AS almacen, ubicacion_id AS tienda, estado,
            extraidos, validos, rechazados, duplicados,
            productos_nuevos AS "productosNuevos", productos_actualizados AS "productosActualizados",
            inventario, conservados, retirados, historico,
            json_build_object('extraccion', ms_extraccion, 'transformacion', ms_transformacion, 'carga', ms_carga) AS ms,
            error_fase AS "errorFase", error_codigo AS "errorCodigo", error_mensaje AS "errorMensaje",
            forzado_codigo AS "forzadoCodigo", precios_cambiados AS "preciosCambiados"
       FROM etl_ejecucion_almacenes WHERE ejecucion_id = $1::uuid
      ORDER BY ubicacion_id, almacen_codigo`,
    [id],
  );
  return rows;
}

async function readVentasPorTienda(client: Queryable, id: string): Promise<EjecucionVentasTienda[]> {
  const { rows } = await client.query<EjecucionVentasTienda>(
    `SELECT v.ubicacion_id AS tienda, v.estado, v.dias,
            json_build_object('cargados', v.tramos_cargados, 'iguales', v.tramos_iguales,
                              'fallidos', v.tramos_fallidos, 'pendientes', v.tramos_pendientes) AS tramos,
            v.extraidos, v.validos, v.rechazados, v.duplicados,
            v.lineas_nuevas AS nuevas, v.lineas_cambiadas AS cambiadas, v.lineas_retiradas AS retiradas,
            trim_scale(v.venta_total)::text AS "ventaUsd",
            json_build_object('extraccion', v.ms_extraccion, 'transformacion', v.ms_transformacion, 'carga', v.ms_carga) AS ms,
            v.error_codigo AS "errorCodigo", v.error_mensaje AS "errorMensaje", v.forzado_codigo AS "forzadoCodigo",
            f.fallidos AS "siguenFallidos"
       FROM etl_ejecucion_ventas v JOIN etl_ejecuciones e ON e.id = v.ejecucion_id
      CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(json_build_object('dia', to_char(t.dia, 'YYYY-MM-DD'), 'desde', left(t.desde::text, 5),
                                                       'hasta', left(t.hasta::text, 5), 'codigo', t.error_codigo,
                                                       'mensaje', t.error_mensaje) ORDER BY t.dia, t.desde), '[]') AS fallidos
              FROM ventas_tramos t
             WHERE t.ubicacion_id = v.ubicacion_id AND t.error_codigo IS NOT NULL
               AND t.error_momento BETWEEN e.inicio AND coalesce(e.fin, now())) AS f
      WHERE v.ejecucion_id = $1::uuid
      ORDER BY v.ubicacion_id`,
    [id],
  );
  return rows;
}
