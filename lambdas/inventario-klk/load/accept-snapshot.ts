import { PipelineError } from '../../core/errors/errors.ts';
import type { Queryable } from '../../core/postgres/connection.ts';
import { LOCK_TIMEOUT } from '../../core/run/load-part.ts';
import type { Replaced, Snapshot } from './replace-inventario.ts';

/** A warehouse and its last accepted snapshot. */
export interface AlmacenMark {
  readonly ubicacionId: string;
  readonly ultimaExtraccion: Date | null;
  /** Whether that lies in the future: the database's clock was ahead at that time. */
  readonly enElFuturo: boolean;
}

/**
 * Locks the warehouse's row until the end of the transaction and reads its last snapshot; undefined when another session holds the row.
 * Limits every later lock wait of the transaction to half a second.
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

/** Own statement, after the one that locks: the locking statement's snapshot is older than its lock. */
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

/** Whether this very snapshot was accepted before, even if a later one has replaced it since. */
export async function isAccepted(
  client: Queryable,
  { almacen, extraccion, ejecucionId }: Snapshot,
): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM almacen_snapshots
      WHERE almacen_codigo = $1::text AND extraccion = $2::timestamptz AND ejecucion_id = $3::uuid`,
    [almacen, extraccion, ejecucionId],
  );
  return rows.length > 0;
}

/**
 * The fence: refuses a snapshot that is not newer than the warehouse's last one, or is of another store.
 * @throws PipelineError `ALMACEN_EN_CONFLICTO`, `SNAPSHOT_ANTIGUO`
 */
export function refuseConflict(mark: AlmacenMark, { almacen, ubicacionId, extraccion }: Snapshot): void {
  if (mark.ubicacionId !== ubicacionId) {
    throw new PipelineError(
      'ALMACEN_EN_CONFLICTO',
      `La base tiene el almacén ${almacen} en ${mark.ubicacionId} y el catálogo en ${ubicacionId}`,
    );
  }
  if (mark.ultimaExtraccion !== null && mark.ultimaExtraccion >= extraccion) {
    const tiene = mark.ultimaExtraccion.toISOString();
    throw new PipelineError(
      'SNAPSHOT_ANTIGUO',
      mark.enElFuturo
        ? `${almacen} tiene un inventario con hora del futuro, ${tiene}: el reloj de la base estuvo adelantado, y hasta entonces no se carga otro`
        : `${almacen} ya tiene un inventario de ${tiene}, más reciente que ${extraccion.toISOString()}`,
    );
  }
}

/** What a warehouse holds: rows, and the sum of their quantities as canonical decimal text. */
export interface Held {
  readonly filas: number;
  readonly suma: string;
}

/** Records the snapshot as accepted, and returns the number and sum of the warehouse's rows. */
export async function acceptSnapshot(client: Queryable, snapshot: Snapshot): Promise<Held> {
  const { rows } = await client.query<Held>(
    `WITH hay AS (
       SELECT count(*)::integer AS filas, trim_scale(coalesce(sum(cantidad), 0)) AS suma
         FROM inventario_vigente WHERE almacen_codigo = $2::text
     ), aceptado AS (
       INSERT INTO almacen_snapshots (almacen_codigo, extraccion, ubicacion_id, ejecucion_id, articulos, suma_cantidades)
       SELECT $2::text, $3::timestamptz, $1::text, $4::uuid, $5::integer, suma FROM hay
     )
     SELECT filas, suma::text FROM hay`,
    [snapshot.ubicacionId, snapshot.almacen, snapshot.extraccion, snapshot.ejecucionId, snapshot.articulos],
  );
  const [held] = rows;
  if (held === undefined) throw new Error('an aggregate returns one row');
  return held;
}

/**
 * Refuses a load after which the warehouse's rows are not those of the snapshot plus the kept ones, in number and in sum of quantities.
 * @throws PipelineError `VERIFICACION_FALLIDA`
 */
export function confirmInventario(
  { almacen, inventario }: Snapshot,
  { conservados, sumaEsperada }: Replaced,
  { filas, suma }: Held,
): void {
  const validas = inventario.length;
  if (filas === validas + conservados && suma === sumaEsperada) return;
  throw new PipelineError(
    'VERIFICACION_FALLIDA',
    `Tras la carga ${almacen} tiene ${filas} filas, que no cuadran con las ${validas} válidas y ${conservados} conservadas`,
  );
}
