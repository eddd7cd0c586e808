import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import { estadoDe } from '../../lambdas/core/run/read-ejecuciones.ts';

/** A failure of one warehouse, or of whole runs. */
interface Fallo {
  /** Null when runs failed before any store. */
  readonly tienda: string | null;
  readonly almacen: string | null;
  /** Null when the run died before it recorded one. */
  readonly codigo: string | null;
  /** Of the last time. */
  readonly mensaje: string | null;
  readonly ultimaVez: Date;
  readonly ejecucionId: string;
  readonly veces: number;
}

/** A failure since which nothing was loaded. `veces` counts the attempts since it began. */
export interface FalloActual extends Fallo {
  readonly desde: Date;
}

/** A failure of the past year that is over. */
export interface FalloPasado extends Fallo {
  /** The first load after the last failure; null when there was none. */
  readonly recuperado: Date | null;
}

/**
 * Those of the warehouses whose last attempt did not load them, in the order given. Runs with a start in the future, recorded while the
 * database's clock was ahead, do not count as the last one.
 */
export async function readFallosDeAlmacenes(
  client: Queryable,
  almacenes: readonly string[],
): Promise<FalloActual[]> {
  const { rows } = await client.query<FalloActual>(
    `SELECT u.tienda, a.codigo AS almacen, u.codigo, u.mensaje, u.inicio AS "ultimaVez", u.id AS "ejecucionId",
            racha.desde, racha.veces
       FROM unnest($1::text[]) WITH ORDINALITY AS a (codigo, orden)
      CROSS JOIN LATERAL (
            SELECT e.id, e.inicio, m.ubicacion_id AS tienda, m.estado, m.error_codigo AS codigo, m.error_mensaje AS mensaje
              FROM etl_ejecuciones e
              JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
             WHERE e.inicio <= now()
             ORDER BY e.inicio DESC LIMIT 1) AS u
       LEFT JOIN LATERAL (
            SELECT e.inicio
              FROM etl_ejecuciones e
              JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
             WHERE e.inicio <= now() AND m.estado = 'cargado'
             ORDER BY e.inicio DESC LIMIT 1) AS carga ON true
      CROSS JOIN LATERAL (
            SELECT min(e.inicio) AS desde, count(*)::integer AS veces
              FROM etl_ejecuciones e
              JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = a.codigo
             WHERE e.inicio <= now() AND e.inicio > coalesce(carga.inicio, '-infinity')) AS racha
      WHERE u.estado IN ('fallido', 'omitido')
      ORDER BY a.orden`,
    [almacenes],
  );
  return rows;
}

/** The failures before any store since the last run that reached the stores; undefined when the last run reached them. */
export async function readFalloDeEjecuciones(
  client: Queryable,
  vivas: readonly string[],
): Promise<FalloActual | undefined> {
  const { rows } = await client.query<FalloActual>(
    `WITH fallidas AS (
       SELECT e.id, e.inicio, e.error_codigo, e.error_mensaje FROM etl_ejecuciones e
        WHERE e.flujo = 'inventario' AND (e.error_codigo IS NOT NULL OR ${estadoDe('$1')} = 'abandonada') AND e.inicio <= now()
          AND e.inicio > coalesce((SELECT inicio FROM etl_ejecuciones
                                    WHERE flujo = 'inventario' AND error_codigo IS NULL AND tiendas > 0 AND inicio <= now()
                                    ORDER BY inicio DESC LIMIT 1), '-infinity'))
     SELECT NULL AS tienda, NULL AS almacen, u.error_codigo AS codigo, u.error_mensaje AS mensaje,
            u.inicio AS "ultimaVez", u.id AS "ejecucionId", racha.desde, racha.veces
       FROM (SELECT * FROM fallidas ORDER BY inicio DESC LIMIT 1) AS u
      CROSS JOIN (SELECT min(inicio) AS desde, count(*)::integer AS veces FROM fallidas) AS racha`,
    [vivas],
  );
  return rows[0];
}

/** The failures of the past year that are over, one per warehouse and code, newest first. */
export async function readFallosPasados(
  client: Queryable,
  vivas: readonly string[],
  actuales: readonly FalloActual[],
): Promise<FalloPasado[]> {
  const { rows } = await client.query<FalloPasado>(
    `WITH fallos AS (
       SELECT e.id, e.inicio, m.ubicacion_id AS tienda, m.almacen_codigo AS almacen,
              m.error_codigo AS codigo, m.error_mensaje AS mensaje
         FROM etl_ejecuciones e JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id
        WHERE e.inicio > now() - interval '1 year' AND m.estado IN ('fallido', 'omitido')
        UNION ALL
       SELECT e.id, e.inicio, NULL, NULL, e.error_codigo, e.error_mensaje FROM etl_ejecuciones e
        WHERE e.flujo = 'inventario' AND e.inicio > now() - interval '1 year' AND (e.error_codigo IS NOT NULL OR ${estadoDe('$3')} = 'abandonada')
     ), pasados AS (
       SELECT tienda, almacen, codigo, count(*)::integer AS veces, max(inicio) AS ultima,
              (array_agg(mensaje ORDER BY inicio DESC))[1] AS mensaje,
              (array_agg(id ORDER BY inicio DESC))[1] AS id
         FROM fallos
        WHERE NOT EXISTS (SELECT FROM unnest($1::text[], $2::timestamptz[]) AS actual (almacen, desde)
                           WHERE actual.almacen IS NOT DISTINCT FROM fallos.almacen AND fallos.inicio >= actual.desde)
        GROUP BY tienda, almacen, codigo
     )
     SELECT tienda, almacen, codigo, mensaje, veces, ultima AS "ultimaVez", id AS "ejecucionId",
            CASE WHEN almacen IS NULL
                 THEN (SELECT e.inicio FROM etl_ejecuciones e
                        WHERE e.flujo = 'inventario' AND e.inicio > ultima AND e.error_codigo IS NULL AND e.tiendas > 0
                        ORDER BY e.inicio LIMIT 1)
                 ELSE (SELECT e.inicio
                         FROM etl_ejecuciones e
                         JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id AND m.almacen_codigo = pasados.almacen
                        WHERE e.inicio > ultima AND m.estado = 'cargado'
                        ORDER BY e.inicio LIMIT 1)
            END AS recuperado
       FROM pasados
      ORDER BY ultima DESC, almacen, codigo`,
    [actuales.map(({ almacen }) => almacen), actuales.map(({ desde }) => desde), vivas],
  );
  return rows;
}
