import { ANTIGUEDAD_MAXIMA_HORAS } from '../../core/config/contract.ts';
import type { Queryable } from '../../core/postgres/connection.ts';

const MAX_AGE_SECONDS = ANTIGUEDAD_MAXIMA_HORAS * 3600;

/** How old the inventory of one warehouse is. */
export interface Antiguedad {
  readonly tienda: string;
  readonly almacen: string;
  /**
   * Since the last accepted snapshot; for a warehouse that was never loaded, since its row was created. A snapshot in the future counts as
   * too old, by as much as it is ahead, because nothing newer can be loaded until then.
   */
  readonly segundos: number;
}

/** The age of every warehouse that the database knows. */
export async function readAntiguedades(client: Queryable): Promise<Antiguedad[]> {
  const { rows } = await client.query<Antiguedad>(
    `SELECT ubicacion_id AS tienda, codigo AS almacen,
            extract(epoch FROM clock_timestamp() - coalesce((SELECT max(extraccion) FROM almacen_snapshots WHERE almacen_codigo = codigo), fecha_creacion))::float8 AS segundos
       FROM almacenes ORDER BY codigo COLLATE "C"`,
  );
  return rows.map((row) => (row.segundos < 0 ? { ...row, segundos: MAX_AGE_SECONDS - row.segundos } : row));
}
