import type { Queryable } from '../../core/postgres/connection.ts';

/** What a transaction sees. Transactions that see the same get the same object from `Database.ask`. */
export interface Instantanea {
  /** Equal for transactions that see the same data. */
  readonly version: string;
  /** The day in the stores, `YYYY-MM-DD`. */
  readonly hoy: string;
}

/** Snapshots of a server count transactions; one that was restored or crashed may count some again, so its start is part of the version. */
export async function readInstantanea(client: Queryable): Promise<Instantanea> {
  const { rows } = await client.query<Instantanea>(
    `SELECT pg_current_snapshot()::text || ' ' || extract(epoch FROM pg_postmaster_start_time())::text AS version,
            to_char(now() AT TIME ZONE 'America/Caracas', 'YYYY-MM-DD') AS hoy`,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('A SELECT without FROM returned no row');
  return row;
}
