import type * as guarded from '../lambdas/inventario-klk/load/accept-snapshot.ts';
import type * as guards from '../lambdas/inventario-klk/transform/guards.ts';

// Replacements of the exported functions of the same names, for loaders without guards.

/** Takes the rows of the snapshot for what the warehouse holds, instead of counting and summing it. */
export const acceptSnapshot: typeof guarded.acceptSnapshot = async (client, snapshot) => {
  await client.query(
    `INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
     VALUES ($2::text, $3::timestamptz, $1::text, $4::uuid, $5::integer, 0)`,
    [snapshot.ubicacionId, snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, snapshot.articulos],
  );
  return { filas: snapshot.inventario.length, suma: '0' };
};

/** Compares nothing. */
export const confirmInventario: typeof guarded.confirmInventario = () => undefined;

/** Accepts any share of bad rows. */
export const findBadRows: typeof guards.findBadRows = () => undefined;

/** Suspects nothing. */
export const findSuspicions: typeof guards.findSuspicions = () => [];
