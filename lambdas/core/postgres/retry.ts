import pRetry from 'p-retry';
import { isTransient } from '../errors/errors.ts';

const RETRIES = 3;

/** Before jitter (p-retry multiplies by 1 to 2), doubled each time. */
const FIRST_WAIT_MS = 200;

/**
 * Repeats idempotent work on the database while its failure is transient.
 * @throws the last failure, or the signal's reason once it aborts.
 */
export const withRetries = <T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> =>
  pRetry(attempt, {
    retries: RETRIES,
    minTimeout: FIRST_WAIT_MS,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => isTransient(error),
  });
