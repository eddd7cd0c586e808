import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** Runs `fn` while somebody at a console holds an advisory lock; `fn` is told the console's process on the server. */
export async function withAdvisoryLock<T>(
  settings: DatabaseSettings,
  key: number,
  fn: (pid: number) => Promise<T>,
): Promise<T> {
  const client = new Client({ ...toClientConfig(settings), application_name: 'consola' });
  // The test may end this session.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(
      'SELECT pg_backend_pid() AS pid, pg_advisory_lock($1::bigint)',
      [key],
    );
    return await fn(rows[0]?.pid ?? 0);
  } finally {
    await client.end();
  }
}
