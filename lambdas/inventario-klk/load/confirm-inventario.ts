import { PipelineError } from '../../shared/errors.ts';
import type { Queryable } from './database.ts';
import type { Replaced } from './replace-inventario.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Marks the warehouse with the snapshot it now holds, once a count and a sum over its rows agree with the snapshot's plus the kept ones.
 * Returns the count.
 * @throws PipelineError `VERIFICACION_FALLIDA`
 */
export async function confirmInventario(
  client: Queryable,
  snapshot: Snapshot,
  { conservados, sumaEsperada }: Replaced,
): Promise<number> {
  const validas = snapshot.inventario.length;
  const { rows } = await client.query<{ filas: number; cuadra: boolean }>(
    `WITH hay AS (
       SELECT count(*)::integer AS filas, coalesce(sum(cantidad), 0) AS suma
         FROM inventario_actual WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
     )
     UPDATE almacenes
        SET ultima_extraccion = $3::timestamptz, ultima_ejecucion_id = $4::uuid, ultimos_articulos = $7::integer,
            fecha_actualizacion = now()
       FROM hay
      WHERE codigo = $2::text
     RETURNING hay.filas, hay.filas = $5::integer AND hay.suma = $6::numeric AS cuadra`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.extraccion,
      snapshot.ejecucionId,
      validas + conservados,
      sumaEsperada,
      snapshot.articulos,
    ],
  );
  const [result] = rows;
  if (result?.cuadra !== true) {
    throw new PipelineError(
      'VERIFICACION_FALLIDA',
      `Tras la carga ${snapshot.almacen} tiene ${result?.filas ?? 0} filas, que no cuadran con las ${validas} válidas y ${conservados} conservadas`,
    );
  }
  return result.filas;
}
