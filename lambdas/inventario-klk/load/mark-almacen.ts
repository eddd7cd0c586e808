import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/** Records on the warehouse which snapshot it now holds. */
export async function markAlmacen(client: Queryable, snapshot: Snapshot, articulos: number): Promise<void> {
  await client.query(
    `UPDATE almacenes
        SET ultima_extraccion = $2::timestamptz, ultima_ejecucion_id = $3::uuid, ultimos_articulos = $4::integer,
            fecha_actualizacion = now()
      WHERE codigo = $1::text`,
    [snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, articulos],
  );
}
