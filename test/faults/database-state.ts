import { z } from 'zod';
import type { TestDatabase } from '../support/database.ts';
import type { Existencias } from './klk-answers.ts';

const AlmacenState = z.object({
  almacen: z.string(),
  /** Of the last accepted snapshot. */
  extraccion: z.date().nullable(),
  ejecucionId: z.string().nullable(),
  articulos: z.number().nullable(),
  /** Article code to quantity. */
  cantidades: z.record(z.string(), z.number()),
  /** A hash that changes when any current row does. */
  huella: z.string(),
  /** What `LOOK` answers. */
  vista: z.string(),
  /** How many versions were closed. */
  historico: z.number(),
});

/** What one warehouse holds. */
type AlmacenState = Omit<z.infer<typeof AlmacenState>, 'cantidades'> & { readonly existencias: Existencias };

/** Warehouses by code. */
export type DatabaseState = ReadonlyMap<string, AlmacenState>;

/** A summary of a warehouse's rows that costs little, and tells apart the old rows, the new ones, and any mixture of the two. */
const VISTA = `concat_ws('|', count(*), sum(cantidad), min(fecha_actualizacion), max(fecha_actualizacion))`;

/** What a dashboard would see of each warehouse. */
export const LOOK = `SELECT almacen_codigo AS almacen, ${VISTA} AS vista FROM inventario_actual GROUP BY 1 ORDER BY 1`;

/** Whether a warehouse with exactly this stock, all of one moment, has this view. */
export function looksLike(vista: string, stocks: Existencias): boolean {
  const [count, sum, from, to] = vista.split('|');
  const total = [...stocks.values()].reduce((total, stock) => total + stock, 0);
  // Compared with a tolerance, because binary floating point rounds the sum.
  return Number(count) === stocks.size && Math.abs(Number(sum) - total) < 0.0005 && from === to;
}

/** Everything the invariants compare, read in one statement. */
export async function readState(database: TestDatabase): Promise<DatabaseState> {
  const rows = await database.query(
    `SELECT a.codigo AS almacen, s.extraccion, s.ejecucion_id::text AS "ejecucionId", s.articulos,
            coalesce(i.cantidades, '{}') AS cantidades, coalesce(i.huella, '') AS huella, coalesce(i.vista, '') AS vista,
            (SELECT count(*) FROM inventario_versiones h WHERE h.almacen_codigo = a.codigo)::integer AS historico
       FROM almacenes a
       LEFT JOIN LATERAL (SELECT * FROM almacen_snapshots WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) s ON true
       LEFT JOIN (SELECT almacen_codigo, jsonb_object_agg(producto_id, cantidad) AS cantidades, ${VISTA} AS vista,
                         md5(string_agg(inventario_actual::text, '' ORDER BY producto_id)) AS huella
                    FROM inventario_actual GROUP BY almacen_codigo) i ON i.almacen_codigo = a.codigo`,
  );
  return new Map(
    rows.map((row) => {
      const { cantidades, ...state } = AlmacenState.parse(row);
      return [state.almacen, { ...state, existencias: new Map(Object.entries(cantidades)) }];
    }),
  );
}

/** The run table: id to state. */
export const readRuns = async (database: TestDatabase): Promise<Map<string, string>> =>
  new Map(
    (await database.query('SELECT id::text, estado FROM etl_ejecuciones ORDER BY inicio')).map(
      ({ id, estado }) => [String(id), String(estado)],
    ),
  );
