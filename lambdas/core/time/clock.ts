/** Says what time it is. */
export interface Clock {
  now(): Date;
}

/** This machine's clock, for dry runs, which order nothing. */
export const localClock: Clock = { now: () => new Date() };
