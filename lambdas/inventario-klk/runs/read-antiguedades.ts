import type { Queryable } from '../load/database.ts';

/** How old the inventory of one warehouse is. */
export interface Antiguedad {
  readonly tienda: string;
  readonly almacen: string;
  /** Since the extraction it holds; since it was first asked for when it never was loaded. */
  readonly segundos: number;
}

/** The age of every warehouse that the database knows. */
export async function readAntiguedades(client: Queryable): Promise<Antiguedad[]> {
  const { rows } = await client.query<Antiguedad>(
    `SELECT ubicacion_id AS tienda, codigo AS almacen,
            extract(epoch FROM clock_timestamp() - coalesce(ultima_extraccion, fecha_creacion))::float8 AS segundos
       FROM almacenes ORDER BY codigo COLLATE "C"`,
  );
  return rows;
}
