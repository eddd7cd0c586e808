import type { Clock } from '../clock.ts';
import type { Queryable } from './database.ts';

/**
 * The database's clock: read once, then carried on by the monotonic clock, so that a wrong clock on this machine can never order
 * snapshots wrongly. It lags by at most the answer's way back, never leads.
 */
export async function readDatabaseClock(client: Queryable): Promise<Clock> {
  const { rows } = await client.query<{ ahora: Date }>('SELECT clock_timestamp() AS ahora');
  const start = performance.now();
  const base = rows[0]?.ahora.getTime() ?? Number.NaN;
  return { now: () => new Date(base + Math.floor(performance.now() - start)) };
}
