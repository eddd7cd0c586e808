import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ZONA } from '../../lambdas/core/config/locale.ts';
import { addDias, diaAt, isDia, startOfDia } from '../../lambdas/core/time/dia.ts';

const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONA, dateStyle: 'short' });
const moment = fc.date({
  min: new Date('2016-05-02T00:00:00Z'),
  max: new Date('2049-12-31T00:00:00Z'),
  noInvalidDate: true,
});

describe('a day of the stores', () => {
  it('is the day that their calendar shows at a moment', () => {
    fc.assert(
      fc.property(moment, (date) => {
        expect(diaAt(date)).toBe(calendar.format(date));
      }),
    );
  });

  it('begins at their midnight, and the next one follows without a gap', () => {
    expect(startOfDia('2026-11-24')).toEqual(new Date('2026-11-24T04:00:00Z'));
    fc.assert(
      fc.property(moment, (date) => {
        const dia = diaAt(date);

        expect(startOfDia(dia).getTime()).toBeLessThanOrEqual(date.getTime());
        expect(startOfDia(addDias(dia, 1)).getTime()).toBeGreaterThan(date.getTime());
      }),
    );
  });

  it('is counted across the ends of months and years', () => {
    expect(addDias('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDias('2024-03-01', -1)).toBe('2024-02-29');
    expect(addDias('2026-11-24', 0)).toBe('2026-11-24');
  });

  it.each(['2026-11-24', '2024-02-29', '1999-12-31'])('is valid: %s', (text) => {
    expect(isDia(text)).toBe(true);
  });

  it.each(['2026-02-29', '2026-02-30', '2026-13-01', '2026-00-10', '2026-11-00', '2026-11-31', '2026-1-2'])(
    'is invalid: %s',
    (text) => {
      expect(isDia(text)).toBe(false);
    },
  );

  it.each(['', 'hoy', '24/11/2026', '2026-11-24 ', '2026-11-24T00:00:00', '20261124', '+02026-11-24'])(
    'is invalid when written %j',
    (text) => {
      expect(isDia(text)).toBe(false);
    },
  );
});
