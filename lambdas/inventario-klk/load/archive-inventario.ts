import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/** What the snapshot is about to replace: the rows that leave, those that stay, and the stock there was. */
export interface ArchiveCounts {
  readonly historico: number;
  readonly retirados: number;
  /** Rows that stay as they are because their article was refused. */
  readonly conservados: number;
  /** Their sum as decimal text: sums are the server's, in numeric. */
  readonly sumaConservada: string;
  /** Articles that had stock, and those of them that the snapshot says have none. */
  readonly conExistencia: number;
  readonly puestosACero: number;
}

/** Copies the rows about to be replaced into the history, as versions that end at this extraction, and removes those whose article is gone. */
export async function archiveInventario(client: Queryable, snapshot: Snapshot): Promise<ArchiveCounts> {
  const { inventario } = snapshot;
  const { rows } = await client.query<ArchiveCounts>(
    `WITH actuales AS (
       SELECT *, producto_id = ANY ($4::text[]) AS llega, producto_id = ANY ($5::text[]) AS rechazada
         FROM inventario_actual WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
     ), clasificadas AS (
       SELECT *, rechazada OR (NOT llega AND NOT $6::boolean) AS conservada FROM actuales
     ), archivadas AS (
       INSERT INTO inventario_historico (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
       SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, $3::timestamptz
         FROM clasificadas WHERE NOT conservada
       RETURNING 1
     ), retiradas AS (
       DELETE FROM inventario_actual
        WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
          AND $6::boolean AND producto_id <> ALL ($4::text[]) AND producto_id <> ALL ($5::text[])
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM archivadas)::integer AS historico,
            (SELECT count(*) FROM retiradas)::integer AS retirados,
            count(*) FILTER (WHERE conservada)::integer AS conservados,
            coalesce(sum(cantidad) FILTER (WHERE conservada), 0)::text AS "sumaConservada",
            count(*) FILTER (WHERE cantidad > 0)::integer AS "conExistencia",
            count(*) FILTER (WHERE cantidad > 0 AND producto_id = ANY ($7::text[]))::integer AS "puestosACero"
       FROM clasificadas`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.extraccion,
      inventario.map(({ producto_id }) => producto_id),
      snapshot.codigosRechazados,
      snapshot.retirarAusentes,
      inventario.filter(({ cantidad }) => cantidad === '0').map(({ producto_id }) => producto_id),
    ],
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error('an aggregate returns one row');
  return counts;
}
