import type { Queryable } from './database.ts';
import type { ModoHistorico } from './load-rules.ts';
import type { Snapshot } from './snapshot.ts';

/** Writes every row of the snapshot over the warehouse's: in place where the article stands, new where it does not. */
export async function replaceInventario(
  client: Queryable,
  snapshot: Snapshot,
  modo: ModoHistorico,
): Promise<void> {
  const { inventario } = snapshot;
  await client.query(
    `INSERT INTO inventario_actual AS actual
            (ubicacion_id, almacen_codigo, producto_id, cantidad, precio_venta, iva, fecha_actualizacion, vigente_desde)
     SELECT $1::text, $2::text, producto_id, cantidad, precio_venta, iva, $3::timestamptz, $3::timestamptz
       FROM unnest($4::text[], $5::numeric[], $6::numeric[], $7::numeric[]) AS s (producto_id, cantidad, precio_venta, iva)
     ON CONFLICT (ubicacion_id, almacen_codigo, producto_id) DO UPDATE
        SET cantidad = excluded.cantidad, precio_venta = excluded.precio_venta, iva = excluded.iva,
            fecha_actualizacion = excluded.fecha_actualizacion,
            vigente_desde = CASE WHEN $8::text = 'completo' OR actual.cantidad <> excluded.cantidad
                                 THEN excluded.vigente_desde ELSE actual.vigente_desde END`,
    [
      snapshot.ubicacionId,
      snapshot.almacen,
      snapshot.extraccion,
      inventario.map(({ producto_id }) => producto_id),
      inventario.map(({ cantidad }) => cantidad),
      inventario.map(({ precio_venta }) => precio_venta),
      inventario.map(({ iva }) => iva),
      modo,
    ],
  );
}
