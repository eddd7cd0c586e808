import { PipelineError } from '../../shared/errors.ts';
import type { Queryable } from './database.ts';

/** The mark of a warehouse's last accepted snapshot. */
export interface AlmacenMark {
  readonly ubicacionId: string;
  readonly ultimaExtraccion: Date | null;
  /** Whether that lies in the future: the clock of the database was ahead and is right again. */
  readonly enElFuturo: boolean;
}

/** Locks the warehouse's row until the end of the transaction and reads its mark; waits for a COMMIT in flight. */
export async function lockAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark> {
  const { rows } = await client.query<AlmacenMark>(
    `SELECT ubicacion_id AS "ubicacionId", ultima_extraccion AS "ultimaExtraccion",
            coalesce(ultima_extraccion > clock_timestamp(), false) AS "enElFuturo"
       FROM almacenes WHERE codigo = $1::text FOR UPDATE`,
    [almacen],
  );
  const [mark] = rows;
  if (mark === undefined) throw new PipelineError('BD_ERROR', `El almacén ${almacen} desapareció de la base`);
  return mark;
}
