import type { ClientBase } from 'pg';
import { z } from 'zod';
import { PipelineError } from './errors.ts';

/** The server process that a session began with; pg keeps it, though its types do not say so. */
const Session = z.object({ processID: z.int() });

/** What a pooler does to sessions: the lock of the turn would stay with one that is lent to somebody else. */
export const INTERMEDIARIO =
  'Entre este programa y PostgreSQL hay un intermediario que reparte las sesiones (PgBouncer, RDS Proxy), y así no se puede guardar el turno';

/**
 * Refuses a connection whose statements are not run by the server process that the session began with: a pooler greets its clients
 * itself, and lends them sessions of its own.
 * @throws PipelineError `BD_INTERMEDIARIO`
 */
export async function refuseIntermediary(client: Pick<ClientBase, 'query'>): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  if (rows[0]?.pid !== Session.safeParse(client).data?.processID) {
    throw new PipelineError('BD_INTERMEDIARIO', INTERMEDIARIO);
  }
}
