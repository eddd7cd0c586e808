import type { Queryable } from '../postgres/connection.ts';
import { FLUJOS } from './flujo.ts';
import type { Flujo } from './flujo.ts';

const LOCK_KEYS = Object.values(FLUJOS).map(({ lockKey }) => lockKey);
const SERVICIOS = Object.values(FLUJOS).map(({ servicio }) => servicio);

/** Who holds the lock of a run, as PostgreSQL shows it: any user that may connect can take the lock. */
export interface LockHolder {
  /** Null when a prepared transaction holds the lock: it has no session. */
  readonly pid: number | null;
  /** The run whose session it is, null when it is not the session of a run. */
  readonly ejecucionId: string | null;
  readonly usuario: string | null;
  readonly aplicacion: string | null;
  /** Null over a local socket, and for a user that may not see the sessions of others. */
  readonly direccion: string | null;
  /** Null for a user that may not see the sessions of others. */
  readonly conectadaDesde: Date | null;
}

/** The name under which the sessions of a run appear in pg_stat_activity; `readLockHolders` reads the run back from it. */
export const sessionNameOf = (flujo: Flujo, ejecucionId: string): string =>
  `${FLUJOS[flujo].servicio}/${ejecucionId}`;

const SESSION_NAME = `^(?:${SERVICIOS.join('|')})/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`;

/**
 * Who holds the lock of a pipeline at this moment, or that of any pipeline, whatever the transaction's snapshot: no session, one, or several
 * that share it.
 */
export async function readLockHolders(client: Queryable, flujo?: Flujo): Promise<LockHolder[]> {
  const { rows } = await client.query<LockHolder>(
    `SELECT l.pid, a.usename AS usuario, a.application_name AS aplicacion, host(a.client_addr) AS direccion,
            a.backend_start AS "conectadaDesde", substring(a.application_name FROM $2::text) AS "ejecucionId"
       FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = ANY ($1::bigint[])
      ORDER BY l.pid`,
    [flujo === undefined ? LOCK_KEYS : [FLUJOS[flujo].lockKey], SESSION_NAME],
  );
  return rows;
}

/** The runs among them: no other run of these pipelines is alive. */
export const runningOf = (holders: readonly LockHolder[]): string[] =>
  holders.flatMap(({ ejecucionId }) => ejecucionId ?? []);

/** A holder that is not a run, for the person who may have to end it. */
export function describeIntruder({
  pid,
  usuario,
  aplicacion,
  direccion,
  conectadaDesde,
}: LockHolder): string {
  if (pid === null) {
    return 'una transacción preparada; búsquela en pg_prepared_xacts y ciérrela con ROLLBACK PREPARED';
  }
  const desde =
    conectadaDesde === null
      ? 'desde cuándo no lo puede ver este usuario'
      : `conectada desde ${conectadaDesde.toISOString()}`;
  const donde = direccion === null ? '' : `, dirección ${direccion}`;
  return `una sesión que no es una ejecución: usuario ${usuario ?? 'desconocido'}, aplicación «${aplicacion ?? ''}»${donde}, pid ${pid}, ${desde}; si no debe tenerlo, un administrador la cierra con SELECT pg_terminate_backend(${pid})`;
}
