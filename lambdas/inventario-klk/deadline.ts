/** The moment by which a run must have ended, on the monotonic clock. Every wait is capped by it. */
export interface Deadline {
  /** Milliseconds left, 0 when it has passed. */
  remainingMs(): number;
  /** Aborts when it passes. */
  readonly signal: AbortSignal;
}

/** A deadline `budgetMs` milliseconds from now. */
export function deadlineIn(budgetMs: number): Deadline {
  const end = performance.now() + budgetMs;
  return {
    remainingMs: () => Math.max(0, end - performance.now()),
    signal: AbortSignal.timeout(Math.max(0, Math.floor(budgetMs))),
  };
}
