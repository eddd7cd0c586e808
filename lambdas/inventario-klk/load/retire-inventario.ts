import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/** Removes the rows whose article the snapshot no longer has. Returns how many. */
export async function retireInventario(client: Queryable, snapshot: Snapshot): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM inventario_actual
      WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
        AND $3::boolean AND producto_id <> ALL ($4::text[]) AND producto_id <> ALL ($5::text[])`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.retirarAusentes,
      snapshot.inventario.map(({ producto_id }) => producto_id),
      snapshot.codigosRechazados,
    ],
  );
  return rowCount ?? 0;
}
