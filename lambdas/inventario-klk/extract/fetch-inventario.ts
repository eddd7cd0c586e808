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
import { refuseTooManyArticulos } from './refuse-dense.ts';

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

/** Runs one attempt when its turn at KLK comes. Nobody is asked again before everybody else was asked once. */
export type TakeTurn = <T>(intento: number, attempt: () => Promise<T>) => Promise<T>;

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
  takeTurn: TakeTurn,
): Promise<Extraccion> {
  let failure: PipelineError | undefined;
  let repeated = false;
  const attempt = async (intento: number): Promise<Extraccion> => {
    // Why it failed says more than that nobody is asked any more.
    if (breaker.isOpen() && failure !== undefined) throw failure;
    breaker.refuseIfOpen(almacen);
    const seen = { answer: false };
    try {
      const extraccion = clock.now();
      const bytes = await client.fetchArticulos(almacen, deadline.signal, () => {
        seen.answer = true;
        breaker.recordAnswer();
      });
      const answer = checkAnswer(decodeJson(bytes), almacen, limits.acceptBareList);
      refuseTooManyArticulos(answer.articulos.length, limits.maxBytes);
      return { ...answer, extraccion };
    } catch (error) {
      // Decided once, before the wait: afterwards less time is left, and the same wait may no longer fit.
      repeated =
        intento <= limits.retries && isTransient(error) && waitFits(error, deadline) && !breaker.isOpen();
      // Before its slot is free for another warehouse.
      if (!seen.answer) breaker.recordFailure(almacen, error, repeated);
      throw error;
    }
  };
  try {
    return await pRetry((intento) => takeTurn(intento, () => attempt(intento)), {
      retries: limits.retries,
      minTimeout: BACKOFF_MIN_MS,
      maxTimeout: BACKOFF_MAX_MS,
      randomize: true,
      signal: deadline.signal,
      onFailedAttempt: async ({ error, attemptNumber }) => {
        if (!repeated) throw error;
        failure = toPipelineError(error);
        onRetry({ intento: attemptNumber, error: failure });
        await sleep(retryAfterMs(error), undefined, { signal: deadline.signal });
      },
    });
  } catch (error) {
    breaker.recordEnd(almacen);
    deadline.signal.throwIfAborted();
    throw error;
  }
}

const retryAfterMs = (error: unknown): number =>
  error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0;

const waitFits = (error: unknown, deadline: Deadline): boolean =>
  retryAfterMs(error) < deadline.remainingMs();
