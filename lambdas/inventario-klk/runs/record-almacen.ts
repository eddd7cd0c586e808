import type { Queryable } from '../load/database.ts';
import type { Processed } from '../process-almacen.ts';
import type { ResumenAlmacen } from '../summary.ts';

/** Records what a run did with one warehouse. Returns false when that is recorded already. */
export async function recordAlmacen(
  client: Queryable,
  ejecucionId: string,
  ubicacionId: string,
  almacen: ResumenAlmacen & Pick<Processed, 'forzados' | 'preciosCambiados'>,
): Promise<boolean> {
  const { error, ms, forzados } = almacen;
  const { rowCount } = await client.query(
    `INSERT INTO etl_ejecucion_almacenes
            (ejecucion_id, ubicacion_id, almacen_codigo, estado, error_fase, error_codigo, error_mensaje,
             extraidos, validos, rechazados, duplicados, productos_nuevos, productos_actualizados,
             inventario, conservados, retirados, historico, ms_extraccion, ms_transformacion, ms_carga, forzado_codigo,
             precios_cambiados)
     VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text,
             $8::integer, $9::integer, $10::integer, $11::integer, $12::integer, $13::integer,
             $14::integer, $15::integer, $16::integer, $17::integer, $18::integer, $19::integer, $20::integer, $21::text[], $22::integer)
     ON CONFLICT (ejecucion_id, almacen_codigo) DO NOTHING`,
    [
      ejecucionId,
      ubicacionId,
      almacen.codigo,
      almacen.estado,
      error?.fase ?? null,
      error?.codigo ?? null,
      error?.mensaje ?? null,
      almacen.extraidos,
      almacen.validos,
      almacen.rechazados,
      almacen.duplicados,
      almacen.productosNuevos,
      almacen.productosActualizados,
      almacen.inventario,
      almacen.conservados,
      almacen.retirados,
      almacen.historico,
      ms.extraccion,
      ms.transformacion,
      ms.carga,
      forzados.length === 0 ? null : forzados,
      almacen.preciosCambiados,
    ],
  );
  return rowCount === 1;
}
