import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/** What a warehouse holds: rows, and the sum of their quantities as canonical decimal text. */
export interface Marked {
  readonly filas: number;
  readonly suma: string;
}

/** Marks the warehouse with the snapshot it now holds, adds it to the accepted ones, and counts and sums the warehouse's rows. */
export async function markAlmacen(client: Queryable, snapshot: Snapshot): Promise<Marked> {
  const { rows } = await client.query<Marked>(
    `WITH hay AS (
       SELECT count(*)::integer AS filas, trim_scale(coalesce(sum(cantidad), 0))::text AS suma
         FROM inventario_actual WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
     ), aceptado AS (
       INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
       SELECT $2::text, $3::timestamptz, $1::text, $4::uuid, $5::integer, suma::numeric FROM hay
     )
     UPDATE almacenes
        SET ultima_extraccion = $3::timestamptz, ultima_ejecucion_id = $4::uuid, ultimos_articulos = $5::integer,
            fecha_actualizacion = now()
       FROM hay
      WHERE codigo = $2::text
     RETURNING hay.filas, hay.suma`,
    [snapshot.ubicacionId, snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, snapshot.articulos],
  );
  const [marked] = rows;
  if (marked === undefined) throw new Error('the warehouse is locked, so it is there');
  return marked;
}
