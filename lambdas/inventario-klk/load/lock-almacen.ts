import { PipelineError } from '../../shared/errors.ts';
import type { Queryable } from './database.ts';

/** The mark of a warehouse's last accepted snapshot. */
export interface AlmacenMark {
  readonly ubicacionId: string;
  readonly ultimaExtraccion: Date | null;
  /** Whether that lies in the future: the clock of the database was ahead and is right again. */
  readonly enElFuturo: boolean;
}

const MARK = `
  SELECT ubicacion_id AS "ubicacionId", ultima_extraccion AS "ultimaExtraccion",
         coalesce(ultima_extraccion > clock_timestamp(), false) AS "enElFuturo"
    FROM almacenes WHERE codigo = $1::text`;

/** Locks the warehouse's row until the end of the transaction and reads its mark. Undefined: another session holds the row. */
export async function lockAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark | undefined> {
  const { rows } = await client.query<AlmacenMark>(`${MARK} FOR UPDATE SKIP LOCKED`, [almacen]);
  return rows[0];
}

/** The same, but waits for the other session, and so for a COMMIT in flight. */
export async function waitForAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark> {
  const { rows } = await client.query<AlmacenMark>(`${MARK} FOR UPDATE`, [almacen]);
  const [mark] = rows;
  if (mark === undefined) throw new PipelineError('BD_ERROR', `El almacén ${almacen} desapareció de la base`);
  return mark;
}
