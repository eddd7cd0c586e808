import type * as guarded from '../../lambdas/inventario-klk/load/mark-almacen.ts';

/** Marks the warehouse without looking at what it holds. */
export const markAlmacen: typeof guarded.markAlmacen = async (client, snapshot) => {
  await client.query(
    `UPDATE almacenes
        SET ultima_extraccion = $2::timestamptz, ultima_ejecucion_id = $3::uuid, ultimos_articulos = $4::integer,
            fecha_actualizacion = now()
      WHERE codigo = $1::text`,
    [snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, snapshot.articulos],
  );
  return { filas: snapshot.inventario.length, suma: '' };
};
