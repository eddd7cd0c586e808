import { PipelineError } from '../../shared/errors.ts';
import type { Queryable } from './database.ts';

/** A warehouse and its last accepted snapshot. */
export interface AlmacenMark {
  readonly ubicacionId: string;
  readonly ultimaExtraccion: Date | null;
  /** Whether that lies in the future: the clock of the database was ahead and is right again. */
  readonly enElFuturo: boolean;
}

/** A load that has to wait longer for a row of another session gives way: other loads wait for its connection and its turn. */
const LOCK_TIMEOUT = '500ms';

/**
 * Locks the warehouse's row until the end of the transaction and reads its last snapshot. Undefined: another session holds the row. What
 * the transaction locks later it waits for no longer than half a second.
 */
export async function lockAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark | undefined> {
  const [locked, mark] = await Promise.all([
    client.query(
      `SELECT set_config('lock_timeout', $2::text, true)
         FROM almacenes WHERE codigo = $1::text FOR UPDATE SKIP LOCKED`,
      [almacen, LOCK_TIMEOUT],
    ),
    readMark(client, almacen),
  ]);
  return locked.rows.length === 0 ? undefined : mark;
}

/** The same, but waits for the other session, and so for a COMMIT in flight. */
export async function waitForAlmacen(client: Queryable, almacen: string): Promise<AlmacenMark> {
  const [, mark] = await Promise.all([
    client.query('SELECT FROM almacenes WHERE codigo = $1::text FOR UPDATE', [almacen]),
    readMark(client, almacen),
  ]);
  if (mark === undefined) throw new PipelineError('BD_ERROR', `El almacén ${almacen} desapareció de la base`);
  return mark;
}

/** A statement of its own, after the one that locks: what that one sees was taken before it got the lock. */
async function readMark(client: Queryable, almacen: string): Promise<AlmacenMark | undefined> {
  const { rows } = await client.query<AlmacenMark>(
    `SELECT a.ubicacion_id AS "ubicacionId", s.extraccion AS "ultimaExtraccion",
            coalesce(s.extraccion > clock_timestamp(), false) AS "enElFuturo"
       FROM almacenes a
       LEFT JOIN LATERAL (
            SELECT extraccion FROM almacen_snapshots
             WHERE almacen_codigo = a.codigo ORDER BY extraccion DESC LIMIT 1) AS s ON true
      WHERE a.codigo = $1::text`,
    [almacen],
  );
  return rows[0];
}
