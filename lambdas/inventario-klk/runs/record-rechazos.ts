import type { Queryable } from '../load/database.ts';
import type { Rechazo } from '../transform/rows.ts';

/** Quarantines refused rows. */
export async function recordRechazos(
  client: Queryable,
  ejecucionId: string,
  almacen: string,
  rechazos: readonly Rechazo[],
): Promise<void> {
  await client.query(
    `INSERT INTO etl_rechazos (ejecucion_id, almacen_codigo, producto_codigo, motivo, fila)
     SELECT $1::uuid, $2::text, producto_codigo, motivo, fila
       FROM unnest($3::text[], $4::text[], $5::text[]) AS r (producto_codigo, motivo, fila)`,
    [
      ejecucionId,
      almacen,
      rechazos.map(({ codigo }) => codigo),
      rechazos.map(({ motivo }) => motivo),
      rechazos.map(({ fila }) => fila),
    ],
  );
}
