/** Says what time it is. */
export interface Clock {
  now(): Date;
}

/** This machine's clock, for dry runs, which order nothing. */
export const localClock: Clock = { now: () => new Date() };

/** Runs a piece of work and adds up how long it took. */
export type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** Adds what work takes to the milliseconds of a phase. */
export function timer<Phase extends string>(ms: Record<Phase, number>, fase: Phase): Timed {
  return async (work) => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      ms[fase] += Math.round(performance.now() - start);
    }
  };
}
