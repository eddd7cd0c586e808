/** A target of speed, and its measurement. */
export interface Target {
  readonly promise: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A measure that must not exceed its limit. */
export const atMost = (promise: string, value: number, limit: number, unit = ''): Target => ({
  promise,
  measured: `${format(value)}${unit}`,
  met: value <= limit,
});

/** A measure that must reach its limit. */
export const atLeast = (promise: string, value: number, limit: number, unit = ''): Target => ({
  promise,
  measured: `${format(value)}${unit}`,
  met: value >= limit,
});

/** Enough digits to distinguish it from a limit. */
export const format = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });
