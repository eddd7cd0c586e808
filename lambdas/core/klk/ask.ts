import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { isTransient, PipelineError, toPipelineError } from '../errors/errors.ts';
import type { CodigoError } from '../errors/codes.ts';
import type { Clock } from '../time/clock.ts';
import type { Deadline } from '../time/deadline.ts';
import type { Breaker } from './breaker.ts';
import type { KlkClient, KlkRequest } from './client.ts';
import type { KlkLimits } from './settings.ts';

/** First and longest wait between attempts, before jitter (p-retry multiplies by 1 to 2). */
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 8_000;

/** A question to KLK about one subject: a warehouse, or the sales of a store. `read` parses and checks the answer, as part of the attempt. */
export interface Question<Answer> {
  readonly subject: string;
  readonly request: KlkRequest;
  readonly read: (text: string) => Answer;
  /** Failures that are not repeated, besides the permanent ones. */
  readonly final?: readonly CodigoError[];
}

/** An answer, and when it was asked for. */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly askedAt: Date;
}

/** An attempt that failed and will be repeated. */
export interface Retry {
  readonly intento: number;
  readonly error: PipelineError;
}

/** Runs one attempt when its turn comes. A repeated attempt waits until every subject was asked once. */
export type TakeTurn = <T>(intento: number, attempt: () => Promise<T>) => Promise<T>;

/** What every question of one run shares. */
export interface Asker {
  readonly client: KlkClient;
  readonly limits: KlkLimits;
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly deadline: Deadline;
}

/**
 * Asks KLK. Request, read, parse and check are one attempt, repeated with backoff and jitter while the failure is transient and the
 * deadline allows. `Retry-After` is honoured when it fits into the deadline; else the attempt is the last.
 * @throws PipelineError `KLK_*`, or the deadline's reason.
 */
export async function askKlk<Answer>(
  { client, limits, clock, breaker, deadline }: Asker,
  { subject, request, read, final = [] }: Question<Answer>,
  onRetry: (retry: Retry) => void,
  takeTurn: TakeTurn,
): Promise<Answered<Answer>> {
  let failure: PipelineError | undefined;
  let repeated = false;
  const attempt = async (intento: number): Promise<Answered<Answer>> => {
    // The earlier failure is more informative than an open breaker.
    if (breaker.isOpen() && failure !== undefined) throw failure;
    breaker.refuseIfOpen(subject);
    const seen = { answer: false };
    try {
      const askedAt = clock.now();
      const text = await client.request(request, deadline.signal, () => {
        seen.answer = true;
        breaker.recordAnswer();
      });
      return { answer: read(text), askedAt };
    } catch (error) {
      // Decided once, before the wait: afterwards less time is left and the decision could change.
      repeated =
        intento <= limits.retries && mayPass(error, final) && waitFits(error, deadline) && !breaker.isOpen();
      // Recorded before the slot is free for another subject.
      if (!seen.answer) breaker.recordFailure(subject, error, repeated);
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
    breaker.recordEnd(subject);
    deadline.signal.throwIfAborted();
    throw error;
  }
}

const mayPass = (error: unknown, final: readonly CodigoError[]): boolean =>
  isTransient(error) && !final.some((codigo) => error instanceof PipelineError && error.codigo === codigo);

const retryAfterMs = (error: unknown): number =>
  error instanceof PipelineError ? (error.retryAfterMs ?? 0) : 0;

const waitFits = (error: unknown, deadline: Deadline): boolean =>
  retryAfterMs(error) < deadline.remainingMs();
