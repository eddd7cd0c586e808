import type { TestDatabase } from './database.ts';

/** What a past run did with one warehouse. */
interface PastAlmacen {
  readonly almacen: string;
  readonly tienda: string;
  readonly estado?: string;
  readonly codigo?: string;
  readonly extraidos?: number;
  readonly rechazados?: number;
  readonly historico?: number;
  readonly precios?: number;
}

/** A run of the past. */
interface PastRun {
  readonly id: string;
  readonly inicio: Date;
  readonly estado: string;
  readonly codigo?: string;
  readonly almacenes?: readonly PastAlmacen[];
}

/** How long every run of the past took, and each of its warehouses in each phase. */
const DURACION_MS = 40_000;
const MS = { extraccion: 3_000, transformacion: 200, carga: 900 } as const;

/** Writes down a run that ended, as the pipeline would have. */
export async function insertRun(database: TestDatabase, run: PastRun): Promise<void> {
  const { id, inicio, estado, codigo = null, almacenes = [] } = run;
  const loaded = almacenes.filter((almacen) => almacen.codigo === undefined).length;
  await database.query(
    `INSERT INTO etl_ejecuciones (id, origen, estado, inicio, fin, tiendas, cargadas, fallidas, omitidas,
                                  extraidos, rechazados, inventario, historico, error_codigo, error_mensaje)
     VALUES ($1, 'programada', $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, $8, $8 || ' de toda la ejecución')`,
    [
      id,
      estado,
      inicio,
      estado === 'en_curso' ? null : new Date(inicio.getTime() + DURACION_MS),
      almacenes.length,
      loaded,
      almacenes.length - loaded,
      codigo,
    ],
  );
  for (const almacen of almacenes) await insertAlmacen(database, id, almacen);
}

async function insertAlmacen(database: TestDatabase, id: string, almacen: PastAlmacen): Promise<void> {
  const { codigo = null, extraidos = codigo === null ? 100 : 0, rechazados = 0 } = almacen;
  const { historico = extraidos, precios = 0 } = almacen;
  const estado = almacen.estado ?? (codigo === null ? 'cargado' : 'fallido');
  await database.query(
    `INSERT INTO etl_ejecucion_almacenes
            (ejecucion_id, almacen_codigo, ubicacion_id, estado, error_fase, error_codigo, error_mensaje,
             extraidos, validos, rechazados, duplicados, productos_nuevos, productos_actualizados,
             inventario, conservados, retirados, historico, precios_cambiados, ms_extraccion, ms_transformacion, ms_carga)
     VALUES ($1, $2, $3, $4, CASE WHEN $5::text IS NOT NULL THEN 'extraccion' END, $5, 'mensaje de ' || $5, $6::integer, $6::integer - $7::integer,
             $7, 0, 0, 0, $6, $7, 0, $11, $12, $8, $9, $10)`,
    [
      id,
      almacen.almacen,
      almacen.tienda,
      estado,
      codigo,
      extraidos,
      rechazados,
      MS.extraccion,
      MS.transformacion,
      MS.carga,
      historico,
      precios,
    ],
  );
}

/** Years of runs every half hour over the warehouses that the database has: most well, every tenth in part, some not at all. */
export async function insertYears(database: Pick<TestDatabase, 'query'>, years: number): Promise<void> {
  await database.query(
    `INSERT INTO etl_ejecuciones (id, origen, estado, inicio, fin, tiendas, cargadas, fallidas, omitidas,
                                  extraidos, rechazados, inventario, historico, error_codigo, error_mensaje)
     SELECT gen_random_uuid(), 'programada',
            CASE WHEN n % 97 = 0 THEN 'fallida' WHEN n % 500 = 3 THEN 'abandonada' WHEN n % 10 = 1 THEN 'parcial' ELSE 'exitosa' END,
            now() - n * interval '30 minutes', now() - n * interval '30 minutes' + interval '40 seconds',
            5, CASE WHEN n % 97 = 0 THEN 0 ELSE 5 END, 0, CASE WHEN n % 97 = 0 THEN 5 ELSE 0 END, 0, 0, 0, 0,
            CASE WHEN n % 97 = 0 THEN 'BD_INACCESIBLE' END, CASE WHEN n % 97 = 0 THEN 'No se pudo conectar a PostgreSQL' END
       FROM generate_series(1, 365 * 48 * $1::integer - 1) AS n`,
    [years],
  );
  await database.query(
    `INSERT INTO etl_ejecucion_almacenes
            (ejecucion_id, almacen_codigo, ubicacion_id, estado, error_fase, error_codigo, error_mensaje,
             extraidos, validos, rechazados, duplicados, productos_nuevos, productos_actualizados,
             inventario, conservados, retirados, historico, precios_cambiados, ms_extraccion, ms_transformacion, ms_carga)
     SELECT e.id, a.codigo, a.ubicacion_id, CASE WHEN fallo THEN 'fallido' ELSE 'cargado' END,
            CASE WHEN fallo THEN 'carga' END, CASE WHEN fallo THEN 'SOSPECHOSO_CEROS' END,
            CASE WHEN fallo THEN 'Todas las existencias vienen en cero' END,
            3860, 3860, 0, 0, 0, 0, 3860, 0, 0, 193, 2,
            2000 + (500 * sin(extract(epoch FROM e.inicio) / 3e6))::integer, 150, 700
       FROM etl_ejecuciones e CROSS JOIN almacenes a
      CROSS JOIN LATERAL (SELECT e.estado = 'parcial' AND a.codigo = (SELECT min(codigo) FROM almacenes) AS fallo) AS f
      WHERE e.estado IN ('exitosa', 'parcial')
     ON CONFLICT DO NOTHING`,
  );
  await database.query('ANALYZE etl_ejecuciones, etl_ejecucion_almacenes');
}
