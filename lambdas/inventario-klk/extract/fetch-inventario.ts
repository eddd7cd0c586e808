import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { isTransient, PipelineError, toPipelineError } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { KlkLimits } from '../tunables.ts';
import type { Deadline } from '../deadline.ts';
import { checkAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Breaker } from './breaker.ts';
import { decodeJson } from './decode-json.ts';
import type { KlkClient } from './klk-client.ts';

/** First and longest wait between attempts, before jitter (p-retry multiplies by 1 to 2). */
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 8_000;

/** An answer, and when it was asked for. */
export interface Extraccion extends Answer {
  readonly extraccion: Date;
}

/** An attempt that failed and will be repeated. */
export interface Retry {
  readonly intento: number;
  readonly error: PipelineError;
}

/** What every warehouse's extraction of one run shares. */
export interface Extractor {
  readonly client: KlkClient;
  readonly limits: KlkLimits;
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly deadline: Deadline;
}

/**
 * One warehouse's inventory from KLK: request, read, parse and check together are one attempt, repeated with backoff and
 * jitter while the failure is transient and the deadline allows. `Retry-After` is honoured when it fits, else given up.
 * @throws PipelineError `KLK_*`, or the deadline's reason.
 */
export async function fetchInventario(
  { client, limits, clock, breaker, deadline }: Extractor,
  almacen: string,
  onRetry: (retry: Retry) => void,
): Promise<Extraccion> {
  const lastAttempt = { answered: false };
  const attempt = async (): Promise<Extraccion> => {
    breaker.refuseIfOpen();
    lastAttempt.answered = false;
    const extraccion = clock.now();
    const bytes = await client.fetchArticulos(almacen, deadline.signal, () => {
      lastAttempt.answered = true;
      breaker.recordAnswer();
    });
    return { ...checkAnswer(decodeJson(bytes), almacen, limits.acceptBareList), extraccion };
  };
  try {
    return await pRetry(attempt, {
      retries: limits.retries,
      minTimeout: BACKOFF_MIN_MS,
      maxTimeout: BACKOFF_MAX_MS,
      randomize: true,
      signal: deadline.signal,
      // Decided once, before the wait: afterwards less time is left, and the same wait may no longer fit.
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft === 0 || !isTransient(error) || !waitFits(error, deadline)) throw error;
        onRetry({ intento: attemptNumber, error: toPipelineError(error) });
        await sleep(retryAfterMs(error), undefined, { signal: deadline.signal });
      },
    });
  } catch (error) {
    deadline.signal.throwIfAborted();
    if (!lastAttempt.answered) breaker.recordFailure(almacen, error);
    throw error;
  }
}

const retryAfterMs = (error: unknown): number =>
  error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0;

const waitFits = (error: unknown, deadline: Deadline): boolean =>
  retryAfterMs(error) < deadline.remainingMs();
