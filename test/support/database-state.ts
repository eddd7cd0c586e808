import type { Existencias } from './existencias.ts';
import type { TestDatabase } from './database.ts';
import { z } from 'zod';

const AlmacenState = z.object({
  almacen: z.string(),
  ultimaExtraccion: z.date().nullable(),
  ultimaEjecucionId: z.string().nullable(),
  ultimosArticulos: z.number().nullable(),
  /** Article code to quantity. */
  cantidades: z.record(z.string(), z.number()),
  /** Everything about the rows, as one text. */
  huella: z.string(),
  /** As somebody sees them at a glance. */
  vistazo: z.string(),
  historico: z.number(),
});

/** What one warehouse holds. */
type AlmacenState = Omit<z.infer<typeof AlmacenState>, 'cantidades'> & {
  readonly existencias: Existencias;
};

/** Warehouses by code. */
export type DatabaseState = ReadonlyMap<string, AlmacenState>;

/** Everything the invariants compare, read in one statement. */
export async function readState(database: Pick<TestDatabase, 'query'>): Promise<DatabaseState> {
  const rows = await database.query(
    `SELECT a.codigo AS almacen, s.extraccion AS "ultimaExtraccion",
            s.ejecucion_id::text AS "ultimaEjecucionId", s.articulos AS "ultimosArticulos",
            coalesce(i.cantidades, '{}') AS cantidades, coalesce(i.huella, '') AS huella,
            coalesce(i.vistazo, '') AS vistazo,
            (SELECT count(*) FROM inventario_versiones h WHERE h.almacen_codigo = a.codigo)::integer AS historico
       FROM almacenes a
       LEFT JOIN LATERAL (SELECT * FROM almacen_snapshots WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) s ON true
       LEFT JOIN (SELECT almacen_codigo, jsonb_object_agg(producto_id, cantidad) AS cantidades, ${HUELLA} AS huella,
                         ${VISTAZO} AS vistazo
                    FROM inventario_actual GROUP BY almacen_codigo) i ON i.almacen_codigo = a.codigo`,
  );
  return new Map(
    rows.map((row) => {
      const { cantidades, ...state } = AlmacenState.parse(row);
      return [state.almacen, { ...state, existencias: new Map(Object.entries(cantidades)) }];
    }),
  );
}

/** An aggregate of `inventario_actual` that changes when any row does. */
const HUELLA = `md5(string_agg(inventario_actual::text, '' ORDER BY producto_id))`;

/** One that costs little, and tells apart the old rows, the new ones, and any mixture of the two. */
export const VISTAZO = `concat_ws('|', count(*), sum(cantidad), min(fecha_actualizacion), max(fecha_actualizacion))`;

/** In an order in which they may be emptied. */
const TABLES = [
  'inventario_vigente',
  'inventario_versiones',
  'inventario_sin_confirmar',
  'etl_rechazos',
  'etl_ejecucion_almacenes',
  'etl_ejecuciones',
  'productos',
  'almacen_snapshots',
  'almacenes',
  'ubicaciones',
];

/** The content of every table that a run may write, as one text: equal before and after means nothing was written. */
export async function readEverything(database: TestDatabase): Promise<string> {
  const parts = TABLES.map(
    (table) => `(SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM ${table} t)`,
  );
  const [row] = await database.query(`SELECT concat_ws(' ', ${parts.join(', ')}) AS todo`);
  return String(row?.['todo']);
}

/** Removes what runs have written. TRUNCATE would make new files for every table, index and partition. */
export async function clearTables(database: TestDatabase): Promise<void> {
  await database.query(TABLES.map((table) => `DELETE FROM ${table}`).join('; '));
}
