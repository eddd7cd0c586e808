import type { Queryable } from '../load/database.ts';
import type { Rechazo } from '../transform/rows.ts';

/** Bytes kept of a refused row; the table's CHECK says the same. */
const MAX_FILA_BYTES = 2048;

/** Quarantines refused rows, as received. */
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
      rechazos.map(({ fila }) => describeFila(fila)),
    ],
  );
}

/** A foreign row as text that PostgreSQL can hold: JSON escapes control characters and lone surrogates by itself. */
function describeFila(fila: unknown): string {
  const bytes = Buffer.from(JSON.stringify(fila));
  // A character cut in half at the end is left out.
  return bytes.length <= MAX_FILA_BYTES
    ? bytes.toString()
    : new TextDecoder().decode(bytes.subarray(0, MAX_FILA_BYTES), { stream: true });
}
