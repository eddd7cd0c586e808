import { describe, expect, it } from '@jest/globals';
import { toDuration, toLapse } from '../../../bin/output/amounts.ts';
import { toHora } from '../../../lambdas/core/config/locale.ts';

describe('a time span', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [3_599, '1 h'],
    [3_600, '1 h'],
    [12_000, '3 h 20 min'],
    [86_400, '1 d'],
    [200_000, '2 d 7 h'],
  ])('of %d s is written in its two largest units', (seconds, text) => {
    expect(toLapse(seconds)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_500, '1,5 s'],
    [90_000, '2 min'],
  ])('of %d ms is written as a duration', (ms, text) => {
    expect(toDuration(ms)).toBe(text);
  });
});

describe('a moment', () => {
  it('is written in the time of Caracas', () => {
    expect(toHora(new Date('2026-11-24T03:59:00Z'))).toBe('2026-11-23 23:59');
  });
});
