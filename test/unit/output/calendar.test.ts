import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  diasBetween,
  diasOf,
  headingOf,
  legend,
  mondayBefore,
  signsOf,
} from '../../../bin/output/calendar.ts';

const NOVIEMBRE = diasOf('2026-11');

describe('A calendar', () => {
  it.each([
    ['2026-02', 28],
    ['2028-02', 29],
    ['2026-11', 30],
    ['2026-12', 31],
  ])('%s has %i days', (mes, dias) => {
    expect(diasOf(mes)).toHaveLength(dias);
    expect(diasOf(mes).at(-1)).toBe(`${mes}-${dias}`);
  });

  it('Its heading names the first day of each week above that day', () => {
    expect(headingOf(NOVIEMBRE)).toBe('1 2       9       16      23      30');
    const signs = signsOf(NOVIEMBRE, (dia) => (dia === '2026-11-16' ? 'falta' : undefined));
    expect(stripVTControlCharacters(signs).indexOf('-')).toBe(headingOf(NOVIEMBRE).indexOf('16'));
  });

  it('Each state has its own sign, which the legend explains, and a day that is not wanted is blank', () => {
    const estados = ['completo', 'provisional', 'falta', 'fallido'] as const;
    const dias = diasBetween('2026-11-23', '2026-11-29');
    const signs = stripVTControlCharacters(signsOf(dias, (dia) => estados[Number(dia.slice(-2)) - 23]));
    expect(signs).toBe('■□-✗   ');
    for (const sign of signs.trim()) expect(stripVTControlCharacters(legend())).toContain(`${sign} `);
    expect(stripVTControlCharacters(legend()).length).toBeLessThanOrEqual(80);
  });

  it.each([
    ['2026-11-23', '2026-11-23'],
    ['2026-11-29', '2026-11-23'],
    ['2026-12-01', '2026-11-30'],
  ])('The Monday at or before %s is %s', (dia, monday) => {
    expect(mondayBefore(dia)).toBe(monday);
  });
});
