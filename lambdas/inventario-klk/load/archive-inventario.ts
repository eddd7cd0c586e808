import type { Queryable } from './database.ts';
import type { ModoHistorico } from './load-rules.ts';
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

/**
 * Copies versions that end at this extraction into the history, and removes the rows whose article is gone. Mode `completo` archives
 * every row that is replaced; `cambios` only those whose quantity changes or whose article disappears.
 */
export async function archiveInventario(
  client: Queryable,
  snapshot: Snapshot,
  modo: ModoHistorico,
): Promise<ArchiveCounts> {
  const { inventario } = snapshot;
  const { rows } = await client.query<ArchiveCounts>(
    `WITH llegadas AS (
       SELECT * FROM unnest($4::text[], $5::numeric[]) AS l (producto_id, nueva)
     ), clasificadas AS (
       SELECT i.*, l.nueva,
              i.producto_id = ANY ($6::text[]) OR (l.producto_id IS NULL AND NOT $7::boolean) AS conservada
         FROM inventario_actual i LEFT JOIN llegadas l USING (producto_id)
        WHERE i.ubicacion_id = $1::text AND i.almacen_codigo = $2::text
     ), archivadas AS (
       INSERT INTO inventario_historico (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
       SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, $3::timestamptz
         FROM clasificadas
        WHERE NOT conservada AND ($8::text = 'completo' OR nueva IS DISTINCT FROM cantidad)
       RETURNING 1
     ), retiradas AS (
       DELETE FROM inventario_actual
        WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
          AND $7::boolean AND producto_id <> ALL ($4::text[]) AND producto_id <> ALL ($6::text[])
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM archivadas)::integer AS historico,
            (SELECT count(*) FROM retiradas)::integer AS retirados,
            count(*) FILTER (WHERE conservada)::integer AS conservados,
            coalesce(sum(cantidad) FILTER (WHERE conservada), 0)::text AS "sumaConservada",
            count(*) FILTER (WHERE cantidad > 0)::integer AS "conExistencia",
            count(*) FILTER (WHERE cantidad > 0 AND nueva = 0)::integer AS "puestosACero"
       FROM clasificadas`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.extraccion,
      inventario.map(({ producto_id }) => producto_id),
      inventario.map(({ cantidad }) => cantidad),
      snapshot.codigosRechazados,
      snapshot.retirarAusentes,
      modo,
    ],
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error('an aggregate returns one row');
  return counts;
}
