import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import type { Conteos } from '../../lambdas/inventario-klk/summary.ts';
import type { Fase } from '../../lambdas/core/run/summary.ts';
import { readEjecuciones } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';
import type { Ejecucion } from '../../lambdas/inventario-klk/questions/read-ejecuciones.ts';

/** What a run did with one warehouse. */
export interface EjecucionAlmacen extends Conteos {
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

/** A run with its warehouses. */
export interface EjecucionDetallada extends Ejecucion {
  readonly almacenes: readonly EjecucionAlmacen[];
}

/** Ids of runs that begin with this prefix, newest first, at most five. */
export async function findEjecuciones(client: Queryable, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM etl_ejecuciones WHERE flujo = 'inventario' AND starts_with(id::text, $1::text) ORDER BY inicio DESC LIMIT 5`,
    [prefix.toLowerCase()],
  );
  return rows.map(({ id }) => id);
}

/** One run with all its warehouses; undefined when there is none of that id. */
export async function readEjecucion(
  client: Queryable,
  vivas: readonly string[],
  id: string,
): Promise<EjecucionDetallada | undefined> {
  const [ejecucion] = await readEjecuciones(client, vivas, { id });
  return ejecucion && { ...ejecucion, almacenes: await readAlmacenes(client, id) };
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
