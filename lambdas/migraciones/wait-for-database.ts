import pRetry from 'p-retry';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { withClient } from './migration-session.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Waits until the database accepts connections: a deployment may just have created or restarted it.
 * @throws PipelineError `BD_INACCESIBLE` after `limitMs`; any other error at once.
 */
export async function waitForDatabase(settings: DatabaseSettings, limitMs: number): Promise<void> {
  await pRetry(() => withClient(settings, (client) => client.query('SELECT 1')), {
    retries: Infinity,
    maxRetryTime: limitMs,
    minTimeout: FIRST_WAIT_MS,
    maxTimeout: LONGEST_WAIT_MS,
    shouldRetry: ({ error }) => error instanceof PipelineError && error.codigo === 'BD_INACCESIBLE',
  });
}
