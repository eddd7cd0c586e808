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

/** How long every run of the past took. */
const DURACION_MS = 40_000;

/** Inserts one row; what it does not name has its default. */
export async function insertRow(
  database: Pick<TestDatabase, 'query'>,
  table: string,
  row: Readonly<Record<string, unknown>>,
): Promise<void> {
  const places = Object.keys(row).map((_column, index) => `$${index + 1}`);
  await database.query(
    `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${places.join(', ')})`,
    Object.values(row),
  );
}

/** Records a run that ended, as the pipeline would have. */
export async function insertRun(database: TestDatabase, run: PastRun): Promise<void> {
  const { id, inicio, estado, codigo = null, almacenes = [] } = run;
  const loaded = almacenes.filter((almacen) => almacen.codigo === undefined).length;
  await insertRow(database, 'etl_ejecuciones', {
    id,
    origen: 'programada',
    estado,
    inicio,
    fin: estado === 'en_curso' ? null : new Date(inicio.getTime() + DURACION_MS),
    tiendas: almacenes.length,
    cargadas: loaded,
    fallidas: almacenes.length - loaded,
    ...ZEROS,
    error_codigo: codigo,
    error_mensaje: codigo === null ? null : `${codigo} de toda la ejecución`,
  });
  for (const almacen of almacenes) await insertAlmacen(database, id, almacen);
}

const ZEROS = { omitidas: 0, extraidos: 0, rechazados: 0, inventario: 0, historico: 0 };

async function insertAlmacen(database: TestDatabase, id: string, almacen: PastAlmacen): Promise<void> {
  const { codigo = null, extraidos = codigo === null ? 100 : 0, rechazados = 0 } = almacen;
  await insertRow(database, 'etl_ejecucion_almacenes', {
    ejecucion_id: id,
    almacen_codigo: almacen.almacen,
    ubicacion_id: almacen.tienda,
    estado: almacen.estado ?? (codigo === null ? 'cargado' : 'fallido'),
    error_fase: codigo === null ? null : 'extraccion',
    error_codigo: codigo,
    error_mensaje: codigo === null ? null : `mensaje de ${codigo}`,
    extraidos,
    validos: extraidos - rechazados,
    rechazados,
    duplicados: 0,
    productos_nuevos: 0,
    productos_actualizados: 0,
    inventario: extraidos,
    conservados: rechazados,
    retirados: 0,
    historico: almacen.historico ?? extraidos,
    precios_cambiados: almacen.precios ?? 0,
    ms_extraccion: 3_000,
    ms_transformacion: 200,
    ms_carga: 900,
  });
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
