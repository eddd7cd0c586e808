import { PipelineError } from '../../shared/errors.ts';
import type { Queryable } from './database.ts';

/** The mark of a warehouse's last accepted snapshot. */
export interface AlmacenMark {
  readonly ubicacionId: string;
  readonly ultimaExtraccion: Date | null;
  /** Whether that lies in the future: the clock of the database was ahead and is right again. */
  readonly enElFuturo: boolean;
}

const MARK = `ubicacion_id AS "ubicacionId", ultima_extraccion AS "ultimaExtraccion",
  coalesce(ultima_extraccion > clock_timestamp(), false) AS "enElFuturo"`;

/** A load that has to wait longer for a row of another session gives way: other loads wait for its connection and its turn. */
const LOCK_TIMEOUT = '500ms';

/**
 * Locks the warehouse's row until the end of the transaction and reads its mark. Undefined: another session holds the row. What the
 * transaction locks later it waits for no longer than half a second.
 */
export async function lockAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark | undefined> {
  const { rows } = await client.query<AlmacenMark>(
    `SELECT ${MARK}, set_config('lock_timeout', $2::text, true)
       FROM almacenes WHERE codigo = $1::text FOR UPDATE SKIP LOCKED`,
    [almacen, LOCK_TIMEOUT],
  );
  return rows[0];
}

/** The same, but waits for the other session, and so for a COMMIT in flight. */
export async function waitForAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark> {
  const { rows } = await client.query<AlmacenMark>(
    `SELECT ${MARK} FROM almacenes WHERE codigo = $1::text FOR UPDATE`,
    [almacen],
  );
  const [mark] = rows;
  if (mark === undefined) throw new PipelineError('BD_ERROR', `El almacén ${almacen} desapareció de la base`);
  return mark;
}
