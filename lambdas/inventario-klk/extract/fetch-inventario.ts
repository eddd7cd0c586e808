import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { isTransient, PipelineError, toPipelineError } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { KlkLimits } from '../config.ts';
import type { Deadline } from '../deadline.ts';
import { checkAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
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

/**
 * One warehouse's inventory from KLK: request, read, parse and check together are one attempt, repeated with backoff and
 * jitter while the failure is transient and the deadline allows. `Retry-After` is honoured when it fits, else given up.
 * @throws PipelineError `KLK_*`, or `SIN_TIEMPO` when the deadline came first.
 */
export async function fetchInventario(
  client: KlkClient,
  almacen: string,
  limits: KlkLimits,
  clock: Clock,
  deadline: Deadline,
  onRetry: (retry: Retry) => void,
): Promise<Extraccion> {
  const attempt = async (): Promise<Extraccion> => {
    const extraccion = clock.now();
    const bytes = await client.fetchArticulos(almacen, deadline.signal);
    return { ...checkAnswer(decodeJson(bytes), almacen, limits.acceptBareList), extraccion };
  };
  try {
    return await pRetry(attempt, {
      retries: limits.retries,
      minTimeout: BACKOFF_MIN_MS,
      maxTimeout: BACKOFF_MAX_MS,
      randomize: true,
      signal: deadline.signal,
      shouldRetry: ({ error }) => isTransient(error) && waitFits(error, deadline),
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft === 0 || !isTransient(error) || !waitFits(error, deadline)) return;
        onRetry({ intento: attemptNumber, error: toPipelineError(error) });
        await sleep(retryAfterMs(error), undefined, { signal: deadline.signal });
      },
    });
  } catch (error) {
    if (deadline.signal.aborted) {
      throw new PipelineError('SIN_TIEMPO', `Se acabó el tiempo mientras KLK contestaba por ${almacen}`, {
        cause: error,
      });
    }
    throw error;
  }
}

const retryAfterMs = (error: unknown): number =>
  error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0;

const waitFits = (error: unknown, deadline: Deadline): boolean =>
  retryAfterMs(error) < deadline.remainingMs();
