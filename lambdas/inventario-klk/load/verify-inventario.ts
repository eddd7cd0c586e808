import { PipelineError } from '../../shared/errors.ts';
import type { ArchiveCounts } from './archive-inventario.ts';
import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Checks that the warehouse holds exactly the snapshot's rows plus the kept ones, by count and by sum. Returns the count.
 * @throws PipelineError `VERIFICACION_FALLIDA`
 */
export async function verifyInventario(
  client: Queryable,
  snapshot: Snapshot,
  kept: ArchiveCounts,
): Promise<number> {
  const { rows } = await client.query<{ filas: number; cuadra: boolean }>(
    `SELECT count(*)::integer AS filas,
            count(*) = cardinality($3::numeric[]) + $4::integer
            AND coalesce(sum(cantidad), 0)
                = (SELECT coalesce(sum(cantidad), 0) FROM unnest($3::numeric[]) AS s (cantidad)) + $5::numeric AS cuadra
       FROM inventario_actual WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.inventario.map(({ cantidad }) => cantidad),
      kept.conservados,
      kept.sumaConservada,
    ],
  );
  const [result] = rows;
  if (result?.cuadra !== true) {
    throw new PipelineError(
      'VERIFICACION_FALLIDA',
      `Tras la carga ${snapshot.almacen} tiene ${result?.filas ?? 0} filas, que no cuadran con las ${snapshot.inventario.length} válidas y ${kept.conservados} conservadas`,
    );
  }
  return result.filas;
}
