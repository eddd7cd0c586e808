import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOf, halveTramo, splitTramo, startOf, tileToday } from '../../../lambdas/ventas-klk/tramo.ts';
import type { Tramo } from '../../../lambdas/ventas-klk/tramo.ts';

const DIA: Tramo = { tienda: 'tienda_01', dia: '2026-11-24', desde: '00:00', hasta: '24:00' };
const UNKNOWN = Array.from({ length: 24 }, () => 0);

const hours = (tramos: readonly Tramo[]): string[] => tramos.map(({ desde, hasta }) => `${desde}-${hasta}`);

/** Whether slices follow each other from the beginning to the end of a slice. */
function expectToTile(tramos: readonly Tramo[], { tienda, dia, desde, hasta }: Tramo): void {
  expect(tramos.map((tramo) => [tramo.tienda, tramo.dia])).toEqual(tramos.map(() => [tienda, dia]));
  expect([desde, ...tramos.map((tramo) => tramo.hasta)]).toEqual([
    ...tramos.map((tramo) => tramo.desde),
    hasta,
  ]);
  for (const tramo of tramos) expect(startOf(tramo).getTime()).toBeLessThan(endOf(tramo).getTime());
}

const minutesOf = (tramo: Tramo): number => (endOf(tramo).getTime() - startOf(tramo).getTime()) / 60_000;

const perHour = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 300_000, noNaN: true })), {
  minLength: 24,
  maxLength: 24,
});
const limit = fc.integer({ min: 1, max: 20_000 });

describe('a slice', () => {
  it('begins and ends by the clocks of the stores', () => {
    expect(startOf({ ...DIA, desde: '06:30' })).toEqual(new Date('2026-11-24T10:30:00Z'));
    expect(endOf(DIA)).toEqual(new Date('2026-11-25T04:00:00Z'));
  });
});

describe('the slices of today', () => {
  it('are the night, every hour from six to ten, and the evening', () => {
    const tramos = tileToday('tienda_01', '2026-11-24');

    expectToTile(tramos, DIA);
    expect(hours(tramos).slice(0, 3)).toEqual(['00:00-06:00', '06:00-07:00', '07:00-08:00']);
    expect(hours(tramos).slice(-2)).toEqual(['21:00-22:00', '22:00-24:00']);
    expect(tramos).toHaveLength(18);
  });
});

describe('a slice that is split', () => {
  it('has parts of three hours when nothing is known of the store', () => {
    expect(hours(splitTramo(DIA, UNKNOWN, 4_000))).toEqual([
      ...['00:00-03:00', '03:00-06:00', '06:00-09:00', '09:00-12:00'],
      ...['12:00-15:00', '15:00-18:00', '18:00-21:00', '21:00-24:00'],
    ]);
    expect(splitTramo({ ...DIA, desde: '06:00', hasta: '07:00' }, UNKNOWN, 4_000)).toHaveLength(1);
  });

  it('has as few parts as hold at most the lines wanted, cut at full hours where they can be', () => {
    const lineas = UNKNOWN.map((_, hora) => (hora >= 8 && hora < 20 ? 1_000 : 0));

    expect(hours(splitTramo(DIA, lineas, 4_000))).toEqual(['00:00-12:00', '12:00-16:00', '16:00-24:00']);
    expect(splitTramo(DIA, lineas, 12_000)).toEqual([DIA]);
  });

  it('has parts of less than an hour where an hour alone holds too many lines', () => {
    const lineas = UNKNOWN.map((_, hora) => (hora === 12 ? 9_000 : 0));

    expect(hours(splitTramo(DIA, lineas, 4_000))).toEqual([...['00:00-12:20', '12:20-12:40', '12:40-24:00']]);
  });

  it('has no part of less than a minute', () => {
    const tramo = { ...DIA, desde: '12:00', hasta: '12:02' };

    expect(hours(splitTramo(tramo, UNKNOWN.fill(1e9), 1))).toEqual(['12:00-12:01', '12:01-12:02']);
    UNKNOWN.fill(0);
  });

  it('is tiled by its parts, each of which is expected to hold what is wanted or lasts a minute', () => {
    fc.assert(
      fc.property(
        perHour,
        limit,
        fc.nat(1_438),
        fc.integer({ min: 1, max: 1_440 }),
        (lineas, most, from, length) => {
          const clock = (minutes: number): string =>
            `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
          const tramo = { ...DIA, desde: clock(from), hasta: clock(Math.min(1_440, from + length)) };
          const parts = splitTramo(tramo, lineas, most);

          expectToTile(parts, tramo);
          const known = lineas.some((count) => count > 0);
          for (const part of parts) {
            const minutes = minutesOf(part);
            const start = (startOf(part).getTime() - startOf(DIA).getTime()) / 60_000;
            const expected = Array.from(
              { length: minutes },
              (_, index) => (lineas[Math.floor((start + index) / 60)] ?? 0) / 60,
            ).reduce((sum, each) => sum + each, 0);
            if (known && minutes > 1) expect(expected).toBeLessThanOrEqual(most * (1 + 1e-9));
            if (!known) expect(minutes).toBeLessThanOrEqual(180);
          }
        },
      ),
    );
  });
});

describe('a slice that is halved', () => {
  it('is two slices that meet in its middle', () => {
    expect(hours(halveTramo(DIA) ?? [])).toEqual(['00:00-12:00', '12:00-24:00']);
    expect(hours(halveTramo({ ...DIA, desde: '06:00', hasta: '06:31' }) ?? [])).toEqual([
      ...['06:00-06:15', '06:15-06:31'],
    ]);
  });

  it('cannot be when it is shorter than half an hour', () => {
    expect(halveTramo({ ...DIA, desde: '23:31' })).toBeUndefined();
  });
});

describe('a day', () => {
  it('stays tiled, without gap or overlap, whatever is split or halved', () => {
    const step = fc.record({ at: fc.nat(), halve: fc.boolean(), lineas: perHour, most: limit });
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 12 }), (isToday, steps) => {
        let tramos: readonly Tramo[] = isToday ? tileToday(DIA.tienda, DIA.dia) : [DIA];
        for (const { at, halve, lineas, most } of steps) {
          const index = at % tramos.length;
          tramos = tramos.flatMap((tramo, position) =>
            position !== index
              ? [tramo]
              : halve
                ? (halveTramo(tramo) ?? [tramo])
                : splitTramo(tramo, lineas, most),
          );
        }

        expectToTile(tramos, DIA);
      }),
    );
  });
});
