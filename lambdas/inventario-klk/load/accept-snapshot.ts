import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/** What a warehouse holds: rows, and the sum of their quantities as canonical decimal text. */
export interface Held {
  readonly filas: number;
  readonly suma: string;
}

/** Adds the snapshot to the accepted ones of its warehouse, whose rows it counts and sums. */
export async function acceptSnapshot(client: Queryable, snapshot: Snapshot): Promise<Held> {
  const { rows } = await client.query<Held>(
    `WITH hay AS (
       SELECT count(*)::integer AS filas, trim_scale(coalesce(sum(cantidad), 0)) AS suma
         FROM inventario_vigente WHERE almacen_codigo = $2::text
     ), aceptado AS (
       INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
       SELECT $2::text, $3::timestamptz, $1::text, $4::uuid, $5::integer, suma FROM hay
     )
     SELECT filas, suma::text FROM hay`,
    [snapshot.ubicacionId, snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, snapshot.articulos],
  );
  const [held] = rows;
  if (held === undefined) throw new Error('an aggregate returns one row');
  return held;
}
