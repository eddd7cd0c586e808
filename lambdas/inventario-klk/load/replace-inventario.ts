import type { Queryable } from '../../core/postgres/connection.ts';
import type { RowChanges } from '../transform/guards.ts';
import type { InventarioRow, ProductoRow } from '../transform/parse-articulo.ts';

/** One warehouse's inventory, ready to replace the one in the database. */
export interface Snapshot {
  readonly ejecucionId: string;
  readonly ubicacionId: string;
  readonly almacen: string;
  /** When KLK was asked, by the database's clock. */
  readonly extraccion: Date;
  /** Products to write. `createLoader` leaves out those that an earlier warehouse of the run has set. */
  readonly productos: readonly ProductoRow[];
  readonly inventario: readonly InventarioRow[];
  /** Articles with a rejected row: the row that the database has of them is kept. */
  readonly codigosRechazados: readonly string[];
  /** False when a row's code was unreadable: it may be any of the absent articles, so none is retired. */
  readonly retirarAusentes: boolean;
  /** Articles in KLK's answer, rejected ones included. */
  readonly articulos: number;
  /** Load it even if it is suspect: a person named this store. */
  readonly forzar: boolean;
}

/** What one load did to a warehouse's rows. */
export interface Replaced {
  /** Versions closed: of articles that changed, and of those that are gone. */
  readonly historico: number;
  /** Of them, those followed by another price. */
  readonly preciosCambiados: number;
  /** Articles retired because the snapshot no longer carries them. */
  readonly retirados: number;
  /** Versions kept because their article was rejected. */
  readonly conservados: number;
  /** Expected sum of the quantities after the load, as canonical decimal text. */
  readonly sumaEsperada: string;
  readonly changes: RowChanges;
}

/**
 * Replaces a warehouse's inventory by the snapshot, in one statement that sends the rows once and writes only what changed. The version
 * of an article whose quantity, price or tax differs, or that is gone, is closed; the others are kept. An article whose row was rejected
 * keeps its version, marked as unconfirmed until a snapshot confirms, replaces or retires it. What `perdida` and `alterada` count is defined
 * by `RowChanges`.
 */
export async function replaceInventario(client: Queryable, snapshot: Snapshot): Promise<Replaced> {
  const { inventario } = snapshot;
  const { rows } = await client.query<Replaced>(
    `WITH llegadas AS (
       SELECT *
         FROM unnest($4::text[], string_to_array($5::text, ',')::numeric[], string_to_array($6::text, ',', '')::numeric[],
                     string_to_array($7::text, ',', '')::numeric[]) AS l (producto_id, nueva, nuevo_precio, nueva_iva)
     ), clasificadas AS (
       SELECT i.producto_id, i.cantidad, i.precio_venta, i.iva, i.vigente_desde, l.nueva, l.nuevo_precio, l.nueva_iva,
              i.producto_id = ANY ($8::text[]) OR (l.producto_id IS NULL AND NOT $9::boolean) AS conservada,
              l.producto_id IS NULL AND i.producto_id <> ALL ($8::text[]) AS ausente,
              i.cantidad > 0 AND (l.producto_id IS NULL OR l.nueva <= 0) AND i.producto_id <> ALL ($8::text[]) AS perdida,
              3 * abs(l.nueva - i.cantidad) > 2 * greatest(abs(l.nueva), abs(i.cantidad)) AS alterada
         FROM inventario_vigente i LEFT JOIN llegadas l USING (producto_id)
        WHERE i.almacen_codigo = $2::text
     ), terminadas AS (
       SELECT * FROM clasificadas
        WHERE NOT conservada AND (cantidad, precio_venta, iva) IS DISTINCT FROM (nueva, nuevo_precio, nueva_iva)
     ), cerradas AS (
       INSERT INTO inventario_versiones
              (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde, vigente_hasta,
               cambia_precio, precio_siguiente)
       SELECT $1::text, $2::text, producto_id, cantidad, precio_venta, iva, vigente_desde, $3::timestamptz,
              nueva IS NOT NULL AND precio_venta IS DISTINCT FROM nuevo_precio,
              CASE WHEN precio_venta IS DISTINCT FROM nuevo_precio THEN nuevo_precio END
         FROM terminadas
       RETURNING cambia_precio
     ), retiradas AS (
       DELETE FROM inventario_vigente
        WHERE almacen_codigo = $2::text AND producto_id IN (SELECT producto_id FROM terminadas WHERE nueva IS NULL)
       RETURNING 1
     ), cambiadas AS (
       UPDATE inventario_vigente v
          SET cantidad = t.nueva, precio_venta = t.nuevo_precio, iva = t.nueva_iva, vigente_desde = $3::timestamptz,
              existencia_desde = CASE WHEN v.cantidad = t.nueva THEN coalesce(v.existencia_desde, v.vigente_desde) END
         FROM terminadas t
        WHERE v.almacen_codigo = $2::text AND v.producto_id = t.producto_id AND t.nueva IS NOT NULL
     ), nuevas AS (
       INSERT INTO inventario_vigente (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, vigente_desde)
       SELECT $1::text, $2::text, l.producto_id, l.nueva, l.nuevo_precio, l.nueva_iva, $3::timestamptz
         FROM llegadas l LEFT JOIN clasificadas c USING (producto_id)
        WHERE c.producto_id IS NULL
     ), confirmadas AS (
       UPDATE inventario_sin_confirmar u SET reconfirmado = $3::timestamptz
         FROM clasificadas c
        WHERE u.almacen_codigo = $2::text AND u.reconfirmado IS NULL AND c.producto_id = u.producto_id AND NOT c.conservada
     ), sin_confirmar AS (
       INSERT INTO inventario_sin_confirmar (almacen_codigo, producto_id, confirmado)
       SELECT $2::text, producto_id, (SELECT max(extraccion) FROM almacen_snapshots WHERE almacen_codigo = $2::text)
         FROM clasificadas WHERE conservada
       ON CONFLICT (almacen_codigo, producto_id) WHERE reconfirmado IS NULL DO NOTHING
     )
     SELECT (SELECT count(*) FROM cerradas)::integer AS historico,
            (SELECT count(*) FROM cerradas WHERE cambia_precio)::integer AS "preciosCambiados",
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
      // Joined here: numbers need no quoting, which takes pg half of its time for a row.
      inventario.map(({ cantidad }) => cantidad).join(','),
      inventario.map(({ precio_venta }) => precio_venta ?? '').join(','),
      inventario.map(({ iva }) => iva ?? '').join(','),
      snapshot.codigosRechazados,
      snapshot.retirarAusentes,
    ],
  );
  const [replaced] = rows;
  if (replaced === undefined) throw new Error('an aggregate returns one row');
  return replaced;
}
