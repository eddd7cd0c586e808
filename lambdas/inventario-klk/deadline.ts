import { PipelineError } from '../shared/errors.ts';

/** The moment by which a run must have ended, on the monotonic clock. Every wait is capped by it. */
export interface Deadline {
  /** Milliseconds left, 0 when it has passed. */
  readonly remainingMs: () => number;
  /** Aborts when it passes, or when the run has to end for another reason; its reason is a PipelineError. */
  readonly signal: AbortSignal;
}

/** A deadline `budgetMs` milliseconds from now, whose reason is `SIN_TIEMPO`. */
export function deadlineIn(budgetMs: number): Deadline {
  const end = performance.now() + budgetMs;
  const controller = new AbortController();
  const expire = (): void => {
    controller.abort(new PipelineError('SIN_TIEMPO', 'Se acabó el tiempo de la ejecución'));
  };
  setTimeout(expire, Math.max(0, budgetMs)).unref();
  return { remainingMs: () => Math.max(0, end - performance.now()), signal: controller.signal };
}

/** The same deadline, that also aborts, for its own reason, when `signal` does. */
export const orAborted = ({ remainingMs, signal }: Deadline, other: AbortSignal): Deadline => ({
  remainingMs,
  signal: AbortSignal.any([signal, other]),
});

/** The same moment, `ms` milliseconds later: how things ended must be written down even when time is up. */
export const extendedBy = ({ remainingMs }: Deadline, ms: number): Deadline => deadlineIn(remainingMs() + ms);
