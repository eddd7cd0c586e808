import { PipelineError } from '../errors/errors.ts';

/** The moment by which a run must have ended, on the monotonic clock. Every wait is capped by it. */
export interface Deadline {
  /** Milliseconds left, 0 when it has passed. */
  readonly remainingMs: () => number;
  /** Aborts when it passes, or when the run has to end for another reason; its reason is a PipelineError. */
  readonly signal: AbortSignal;
}

/** A deadline `budgetMs` milliseconds from now; it has already passed when `budgetMs` is 0 or less. */
export function deadlineIn(
  budgetMs: number,
  reason = new PipelineError('SIN_TIEMPO', 'Se acabó el tiempo de la ejecución'),
): Deadline {
  const end = performance.now() + budgetMs;
  const controller = new AbortController();
  const expire = (): void => {
    controller.abort(reason);
  };
  if (budgetMs > 0) setTimeout(expire, budgetMs).unref();
  else expire();
  return { remainingMs: () => Math.max(0, end - performance.now()), signal: controller.signal };
}

/** The same deadline, that also aborts, for its own reason, when `signal` does. */
export const orAborted = ({ remainingMs, signal }: Deadline, other: AbortSignal): Deadline => ({
  remainingMs,
  signal: AbortSignal.any([signal, other]),
});

/** A deadline `ms` milliseconds later, so that the outcome can be recorded when time is up. */
export const extendedBy = ({ remainingMs }: Deadline, ms: number): Deadline => deadlineIn(remainingMs() + ms);

/**
 * Runs `work` until `signal` aborts, then throws the signal's reason at once, instead of the library's own error. Does not start the
 * work when the signal has already aborted.
 */
export async function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([aborted.promise, work()]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
