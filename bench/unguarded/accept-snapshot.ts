import type { Held } from '../../lambdas/inventario-klk/load/accept-snapshot.ts';
import type { Queryable } from '../../lambdas/inventario-klk/load/database.ts';
import type { Snapshot } from '../../lambdas/inventario-klk/load/snapshot.ts';

/** Without counting and adding up what the warehouse holds. */
export async function acceptSnapshot(client: Queryable, snapshot: Snapshot): Promise<Held> {
  await client.query(
    `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     VALUES ($2::text, $3::timestamptz, $1::text, $4::uuid, $5::integer, 0)`,
    [snapshot.ubicacionId, snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, snapshot.articulos],
  );
  return { filas: 0, suma: '0' };
}
