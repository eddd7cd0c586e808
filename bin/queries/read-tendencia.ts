import { ZONA } from '../../lambdas/core/config/locale.ts';
import type { Queryable } from '../../lambdas/core/postgres/connection.ts';
import { estadoDe } from '../../lambdas/core/run/read-ejecuciones.ts';

/** Length of a period. */
export type Unidad = 'hour' | 'day' | 'week';

/** Runs of one state that began in a period. */
export interface EjecucionesPorPeriodo {
  /** When the period began, as the clocks of the stores showed it: `2026-11-24T08:00`. */
  readonly periodo: string;
  readonly estado: string;
  readonly ejecuciones: number;
}

/** Median over the runs of a period: milliseconds of work in each phase, summed over the warehouses of a run. */
export interface FasesPorPeriodo {
  readonly periodo: string;
  readonly extraccion: number;
  readonly transformacion: number;
  readonly carga: number;
}

/** How far back the report looks. */
const PASADO = '1 year';

const PERIODO = `to_char(date_trunc($1::text, e.inicio AT TIME ZONE $2::text), 'YYYY-MM-DD"T"HH24:MI')`;

/** The unit in which the runs of the past year fill a chart without crowding it. */
export async function chooseUnidad(client: Queryable): Promise<Unidad> {
  const { rows } = await client.query<{ unidad: Unidad }>(
    `SELECT CASE WHEN min(inicio) < now() - interval '120 days' THEN 'week'
                 WHEN min(inicio) < now() - interval '3 days' THEN 'day'
                 ELSE 'hour' END AS unidad
       FROM etl_ejecuciones WHERE flujo = 'inventario' AND inicio > now() - $1::interval`,
    [PASADO],
  );
  return rows[0]?.unidad ?? 'hour';
}

/** The runs of the past year, by period and state. */
export async function readEjecucionesPorPeriodo(
  client: Queryable,
  vivas: readonly string[],
  unidad: Unidad,
): Promise<EjecucionesPorPeriodo[]> {
  const { rows } = await client.query<EjecucionesPorPeriodo>(
    `SELECT ${PERIODO} AS periodo, ${estadoDe('$4')} AS estado, count(*)::integer AS ejecuciones
       FROM etl_ejecuciones e WHERE e.flujo = 'inventario' AND e.inicio > now() - $3::interval
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [unidad, ZONA, PASADO, vivas],
  );
  return rows;
}

/** The work of the past year's runs, by period and phase. */
export async function readFasesPorPeriodo(client: Queryable, unidad: Unidad): Promise<FasesPorPeriodo[]> {
  const { rows } = await client.query<FasesPorPeriodo>(
    `SELECT periodo, percentile_cont(0.5) WITHIN GROUP (ORDER BY extraccion) AS extraccion,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY transformacion) AS transformacion,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY carga) AS carga
       FROM (SELECT ${PERIODO} AS periodo, sum(m.ms_extraccion) AS extraccion,
                    sum(m.ms_transformacion) AS transformacion, sum(m.ms_carga) AS carga
               FROM etl_ejecuciones e JOIN etl_ejecucion_almacenes m ON m.ejecucion_id = e.id
              WHERE e.inicio > now() - $3::interval
              GROUP BY e.id) AS ejecucion
      GROUP BY periodo ORDER BY periodo`,
    [unidad, ZONA, PASADO],
  );
  return rows;
}
