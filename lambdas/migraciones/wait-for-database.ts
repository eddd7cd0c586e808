import pRetry from 'p-retry';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { PipelineError } from '../core/errors/errors.ts';
import { withClient } from './migration-session.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Waits until the database takes connections: one that a deployment has just made or restarted is not there yet.
 * @throws PipelineError `BD_INACCESIBLE` when it still does not after `limitMs`; what waiting cannot cure, at once.
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
