import type { RowChanges } from '../transform/guards.ts';
import type { Queryable } from './database.ts';
import type { ModoHistorico } from './load-rules.ts';
import type { Snapshot } from './snapshot.ts';

/** What a snapshot replaced, and what the warehouse must hold now. */
export interface Replaced {
  readonly historico: number;
  readonly retirados: number;
  /** Rows that stay as they are because their article was refused. */
  readonly conservados: number;
  /** Sum of the snapshot's quantities and the kept ones as canonical decimal text: sums are the server's, in numeric. */
  readonly sumaEsperada: string;
  readonly changes: RowChanges;
}

/**
 * Replaces a warehouse's rows by the snapshot's, all in one statement, which sends the rows once: versions that end at this extraction
 * go to the history, rows whose article is gone are removed, all others are written in place. Mode `completo` archives every row that is
 * replaced; `cambios` only those whose quantity changes or whose article disappears.
 */
export async function replaceInventario(
  client: Queryable,
  snapshot: Snapshot,
  modo: ModoHistorico,
): Promise<Replaced> {
  const { inventario } = snapshot;
  const { rows } = await client.query<Replaced>(
    `WITH llegadas AS (
       SELECT * FROM unnest($4::text[], $5::numeric[], $6::numeric[], $7::numeric[]) AS l (producto_id, nueva, precio_venta, iva)
     ), clasificadas AS (
       SELECT i.producto_id, i.cantidad, i.vigente_desde, l.nueva,
              i.producto_id = ANY ($8::text[]) OR (l.producto_id IS NULL AND NOT $9::boolean) AS conservada,
              l.producto_id IS NULL AND i.producto_id <> ALL ($8::text[]) AS ausente,
              i.cantidad > 0 AND (l.producto_id IS NULL OR l.nueva <= 0) AND i.producto_id <> ALL ($8::text[]) AS perdida,
              3 * abs(l.nueva - i.cantidad) > 2 * greatest(abs(l.nueva), abs(i.cantidad)) AS alterada
         FROM inventario_actual i LEFT JOIN llegadas l USING (producto_id)
        WHERE i.ubicacion_id = $1::text AND i.almacen_codigo = $2::text
     ), archivadas AS (
       INSERT INTO inventario_historico (ubicacion_id, almacen_codigo, producto_id, cantidad, fecha_snapshot, fecha_reemplazo)
       SELECT $1::text, $2::text, producto_id, cantidad, vigente_desde, $3::timestamptz
         FROM clasificadas
        WHERE NOT conservada AND ($10::text = 'completo' OR nueva IS DISTINCT FROM cantidad)
       RETURNING 1
     ), retiradas AS (
       DELETE FROM inventario_actual
        WHERE ubicacion_id = $1::text AND almacen_codigo = $2::text
          AND producto_id IN (SELECT producto_id FROM clasificadas WHERE nueva IS NULL AND NOT conservada)
       RETURNING 1
     ), escritas AS (
       INSERT INTO inventario_actual AS actual
              (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, fecha_actualizacion, vigente_desde)
       SELECT $1::text, $2::text, producto_id, nueva, precio_venta, iva, $3::timestamptz, $3::timestamptz FROM llegadas
       ON CONFLICT (ubicacion_id, almacen_codigo, producto_id) DO UPDATE
          SET cantidad = excluded.cantidad, precio_venta = excluded.precio_venta, iva = excluded.iva,
              fecha_actualizacion = excluded.fecha_actualizacion,
              vigente_desde = CASE WHEN $10::text = 'completo' OR actual.cantidad <> excluded.cantidad
                                   THEN excluded.vigente_desde ELSE actual.vigente_desde END
     )
     SELECT (SELECT count(*) FROM archivadas)::integer AS historico,
            (SELECT count(*) FROM retiradas)::integer AS retirados,
            count(*) FILTER (WHERE conservada)::integer AS conservados,
            trim_scale(coalesce(sum(cantidad) FILTER (WHERE conservada), 0) + (SELECT coalesce(sum(nueva), 0) FROM llegadas))::text
              AS "sumaEsperada",
            json_build_object(
              'previas', count(*),
              'ausentes', count(*) FILTER (WHERE ausente),
              'conExistencia', count(*) FILTER (WHERE cantidad > 0),
              'perdidas', count(*) FILTER (WHERE perdida),
              'comparables', count(nueva),
              'alteradas', count(*) FILTER (WHERE alterada AND NOT perdida),
              'distintasDeCero', count(nueva) FILTER (WHERE cantidad <> 0),
              'alteradasDistintasDeCero', count(*) FILTER (WHERE alterada AND NOT perdida AND cantidad <> 0)) AS changes
       FROM clasificadas`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.extraccion,
      inventario.map(({ producto_id }) => producto_id),
      inventario.map(({ cantidad }) => cantidad),
      inventario.map(({ precio_venta }) => precio_venta),
      inventario.map(({ iva }) => iva),
      snapshot.codigosRechazados,
      snapshot.retirarAusentes,
      modo,
    ],
  );
  const [replaced] = rows;
  if (replaced === undefined) throw new Error('an aggregate returns one row');
  return replaced;
}
