import { toDecimal } from '../../lambdas/core/config/locale.ts';

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
] as const;

/** A time span for a person, in its two largest units: `3 h 20 min`. */
export function toLapse(seconds: number): string {
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  let rest = Math.round(seconds / 60) * 60;
  const first = UNITS.findIndex((unit) => rest >= unit.seconds);
  const parts = UNITS.slice(first, first + 2).map(({ name, seconds: size }) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count} ${name}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** How long something took, for a person: `850 ms`, `12,3 s`, `4 min`. */
export function toDuration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000 ? `${toDecimal(ms / 1_000)} s` : toLapse(ms / 1_000);
}
