import type { Queryable } from './database.ts';
import type { Snapshot } from './snapshot.ts';

/** Rows archived, and the count and sum of the rows that stay as they are because their article was refused. */
export interface ArchiveCounts {
  readonly historico: number;
  readonly conservados: number;
  /** Decimal text: sums are the server's, in numeric. */
  readonly sumaConservada: string;
}

/** Copies the rows about to be replaced or retired into the history, as versions that end at this extraction. */
export async function archiveInventario(client: Queryable, snapshot: Snapshot): Promise<ArchiveCounts> {
  const { rows } = await client.query<ArchiveCounts>(
    `WITH actuales AS (
       SELECT *, producto_id = ANY ($4::text[]) OR (NOT $5::boolean AND producto_id <> ALL ($6::text[])) AS conservada
         FROM inventario_actual WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
     ), archivados AS (
       INSERT INTO inventario_historico (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
       SELECT ubicacion_id, almacen_codigo, producto_id, cantidad, vigente_desde, $3::timestamptz
         FROM actuales WHERE NOT conservada
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM archivados)::integer AS historico,
            count(*)::integer AS conservados,
            coalesce(sum(cantidad), 0)::text AS "sumaConservada"
       FROM actuales WHERE conservada`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.extraccion,
      snapshot.codigosRechazados,
      snapshot.retirarAusentes,
      snapshot.inventario.map(({ producto_id }) => producto_id),
    ],
  );
  const [counts] = rows;
  return counts ?? { historico: 0, conservados: 0, sumaConservada: '0' };
}
