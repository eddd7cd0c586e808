import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDias, diaAt } from '../../../lambdas/core/time/dia.ts';
import { estadoTras, planLecturas } from '../../../lambdas/ventas-klk/plan.ts';
import type { Lectura } from '../../../lambdas/ventas-klk/plan.ts';
import { endOf, startOf, tileToday } from '../../../lambdas/ventas-klk/tramo.ts';
import type { TramoConocido } from '../../../lambdas/ventas-klk/tramo.ts';

const HOY = '2026-11-24';

/** A moment by the clocks of the stores. */
const at = (dia: string, hora = '00:00'): Date => new Date(`${dia}T${hora}:00-04:00`);

const NOW = at(HOY, '10:20');

const tramoConocido = (cambios: Partial<TramoConocido> = {}): TramoConocido => ({
  tienda: 'tienda_01',
  dia: HOY,
  desde: '00:00',
  hasta: '24:00',
  estado: 'pendiente',
  lineas: 0,
  rechazadas: 0,
  leido: null,
  errorCodigo: null,
  ...cambios,
});

const clasesOf = (tramo: TramoConocido, momento = NOW): string[] =>
  planLecturas([tramo], momento).map(({ clase }) => clase);

const read = (leido: Date, cambios: Partial<TramoConocido> = {}): TramoConocido =>
  tramoConocido({ estado: 'provisional', leido, ...cambios });

describe('a slice of today', () => {
  it('is read once it has begun', () => {
    expect(clasesOf(tramoConocido({ desde: '10:20', hasta: '11:00' }))).toEqual(['hoy']);
    expect(clasesOf(tramoConocido({ desde: '10:21', hasta: '11:00' }))).toEqual([]);
  });

  it('is read again while it holds some of the last hour', () => {
    const nine = read(at(HOY, '10:10'), { desde: '09:00', hasta: '10:00' });

    expect(clasesOf(nine)).toEqual(['hoy']);
    expect(clasesOf(nine, at(HOY, '10:59'))).toEqual(['hoy']);
    expect(clasesOf(nine, at(HOY, '11:00'))).toEqual([]);
  });

  it('is read again when it was last read before it ended', () => {
    const six = { desde: '06:00', hasta: '07:00' };

    expect(clasesOf(read(at(HOY, '06:59'), six))).toEqual(['hoy']);
    expect(clasesOf(read(at(HOY, '07:00'), six))).toEqual([]);
  });

  it('is read again when its reading failed', () => {
    expect(clasesOf(read(at(HOY, '07:10'), { desde: '06:00', hasta: '07:00', estado: 'fallido' }))).toEqual([
      'hoy',
    ]);
  });
});

describe('a slice of another day', () => {
  it.each([
    [1, 'sin cerrar'],
    [7, 'sin cerrar'],
    [8, 'relleno'],
    [700, 'relleno'],
  ])('that is %i days old is read when it never was, or failed', (dias, clase) => {
    const dia = addDias(HOY, -dias);

    expect(clasesOf(tramoConocido({ dia }))).toEqual([clase]);
    expect(clasesOf(read(at(HOY), { dia, estado: 'fallido' }))).toEqual([clase]);
  });

  it.each([
    [1, 'sin cerrar'],
    [2, 'sin cerrar'],
    [7, 'sin cerrar'],
    [30, 'segunda lectura'],
  ])('is read again once %i days have passed since its own', (dias, clase) => {
    const dia = addDias(HOY, -dias);
    const before = read(new Date(at(HOY).getTime() - 1), { dia, rechazadas: 1 });

    expect(clasesOf(before)).toEqual([clase]);
    expect(clasesOf({ ...before, leido: at(HOY) })).toEqual([]);
    expect(clasesOf(before, new Date(at(HOY).getTime() - 1))).not.toContain(clase);
  });

  it.each([7, 30])('is read again after %i days even when it is closed', (dias) => {
    const dia = addDias(HOY, -dias);
    const closed = read(at(addDias(dia, 2), '01:00'), { dia, estado: 'cerrado' });

    expect(clasesOf(closed)).toEqual(['relectura']);
    expect(clasesOf({ ...closed, leido: at(HOY, '00:01') })).toEqual([]);
  });

  it('is read a second time, to be closed, unless lines of it were rejected', () => {
    const dia = addDias(HOY, -40);

    expect(clasesOf(read(at(HOY, '10:00'), { dia }))).toEqual(['segunda lectura']);
    expect(clasesOf(read(at(HOY, '10:00'), { dia, rechazadas: 1 }))).toEqual([]);
    expect(clasesOf(read(at(HOY, '10:00'), { dia: addDias(HOY, -1) }))).toEqual([]);
    expect(clasesOf(read(at(HOY, '10:00'), { dia: addDias(HOY, -2) }))).toEqual(['sin cerrar']);
  });

  it('is read again once a day while lines of it are rejected, for 30 days', () => {
    const spoilt = (dias: number, leido: Date): string[] =>
      clasesOf(read(leido, { dia: addDias(HOY, -dias), rechazadas: 1 }));
    const yesterday = at(addDias(HOY, -1), '23:59');

    expect(spoilt(4, yesterday)).toEqual(['sin cerrar']);
    expect(spoilt(4, at(HOY))).toEqual([]);
    expect(spoilt(29, yesterday)).toEqual(['segunda lectura']);
    expect(spoilt(31, yesterday)).toEqual([]);
  });
});

describe('the order of a plan', () => {
  it('is today, days not closed, closed days to read again, days never read, second readings', () => {
    const ordered = [
      tramoConocido({ dia: HOY }),
      tramoConocido({ dia: addDias(HOY, -7) }),
      read(at(addDias(HOY, -5)), { dia: addDias(HOY, -7), estado: 'cerrado' }),
      tramoConocido({ dia: addDias(HOY, -60) }),
      read(at(HOY), { dia: addDias(HOY, -50) }),
    ];
    const plan = planLecturas(ordered.toReversed(), NOW);

    expect(plan.map(({ tramo }) => tramo)).toEqual(ordered);
    expect(plan.map(({ clase }) => clase)).toEqual([
      ...['hoy', 'sin cerrar', 'relectura', 'relleno', 'segunda lectura'],
    ]);
  });

  it('within a class is newest day, healthy stores, store, newest slice', () => {
    const failed = { errorCodigo: 'KLK_SIN_RESPUESTA', estado: 'fallido', leido: at(HOY) } as const;
    const yesterday = addDias(HOY, -1);
    const ordered = [
      tramoConocido({ tienda: 'tienda_02', dia: yesterday, desde: '12:00' }),
      tramoConocido({ tienda: 'tienda_02', dia: yesterday, hasta: '12:00' }),
      tramoConocido({ tienda: 'tienda_03', dia: yesterday }),
      tramoConocido({ tienda: 'tienda_01', dia: yesterday, desde: '12:00' }),
      tramoConocido({ tienda: 'tienda_01', dia: yesterday, hasta: '12:00', ...failed }),
      tramoConocido({ tienda: 'tienda_02', dia: addDias(HOY, -2) }),
    ];

    expect(planLecturas(ordered.toReversed(), NOW).map(({ tramo }) => tramo)).toEqual(ordered);
  });

  it('puts a store last for not answering, and not for a wrong answer', () => {
    const sick = (errorCodigo: string): string[] =>
      planLecturas(
        [
          tramoConocido({ tienda: 'tienda_01', estado: 'fallido', errorCodigo }),
          tramoConocido({ tienda: 'tienda_02' }),
        ],
        NOW,
      ).map(({ tramo }) => tramo.tienda);

    expect(sick('KLK_SIN_RESPUESTA')).toEqual(['tienda_02', 'tienda_01']);
    expect(sick('KLK_CORTADA')).toEqual(['tienda_02', 'tienda_01']);
    expect(sick('KLK_INCOMPLETA')).toEqual(['tienda_01', 'tienda_02']);
  });
});

describe('the state of a slice after a reading', () => {
  const dia = HOY;
  const earlier = { leido: at(addDias(dia, 1)), huella: 'a' };
  const reading = { momento: at(addDias(dia, 2)), dia, huella: 'a', rechazadas: 0, cambio: false };

  it('is closed when it is the second of two equal ones and two days have passed', () => {
    expect(estadoTras(earlier, reading)).toBe('cerrado');
    expect(
      estadoTras({ ...earlier, leido: at(addDias(dia, 9)) }, { ...reading, momento: at(addDias(dia, 10)) }),
    ).toBe('cerrado');
  });

  it.each([
    ['the day was not over at the first', { leido: new Date(earlier.leido.getTime() - 1) }, {}],
    ['there was no other', { leido: null, huella: null }, {}],
    ['they differ', { huella: 'b' }, {}],
    ['two days have not passed', {}, { momento: new Date(reading.momento.getTime() - 1) }],
    ['a line was rejected', {}, { rechazadas: 1 }],
    ['lines had to be written again', {}, { cambio: true }],
  ])('is provisional when %s', (_why, before, now) => {
    expect(estadoTras({ ...earlier, ...before }, { ...reading, ...now })).toBe('provisional');
  });
});

/** What becomes of a slice each time that it is read. */
type Answer = 'same' | 'changed' | 'failed' | 'missed';

/** A slice as the ledger would hold it, with what the proof counts. */
interface Simulated extends TramoConocido {
  readonly huella: string | null;
  readonly readings: readonly Date[];
}

function takeReading(slice: Simulated, momento: Date, answer: Answer): Simulated {
  if (answer === 'missed') return slice;
  if (answer === 'failed')
    return { ...slice, estado: slice.estado === 'cerrado' ? 'cerrado' : 'fallido', errorCodigo: 'KLK_ERROR' };
  const cambio = answer === 'changed' || slice.huella === null;
  const huella = answer === 'changed' ? String(momento.getTime()) : (slice.huella ?? 'first');
  const estado = estadoTras(slice, {
    momento,
    dia: slice.dia,
    huella,
    rechazadas: 0,
    cambio,
  });
  return {
    ...slice,
    estado,
    huella,
    leido: momento,
    errorCodigo: null,
    readings: [...slice.readings, momento],
  };
}

const HALF_HOUR = 30 * 60_000;
const DAY = 48 * HALF_HOUR;

/** Runs every half hour over some days of one store, of which only `answers` may go wrong. */
function simulate(dias: number, answers: readonly Answer[], every = HALF_HOUR): readonly Simulated[] {
  let slices: Simulated[] = tileToday('tienda_01', HOY).map((tramo) => ({
    ...tramoConocido(tramo),
    huella: null,
    readings: [],
  }));
  let turn = 0;
  const begin = at(HOY, '00:15').getTime();
  for (let time = begin; time < begin + dias * DAY; time += every) {
    const momento = new Date(time);
    for (const { tramo } of planLecturas(slices, momento)) {
      const answer = answers[turn] ?? 'same';
      turn += 1;
      slices = slices.map((slice) =>
        slice.desde === tramo.desde ? takeReading(slice, momento, answer) : slice,
      );
    }
  }
  return slices;
}

describe('a day of a store', () => {
  const answer = fc.constantFrom<Answer>('same', 'changed', 'failed', 'missed');

  it('ends closed once its answers stay equal, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 400 }), fc.constantFrom(1, 3, 12, 47), (answers, pace) => {
        const slices = simulate(34, answers, pace * HALF_HOUR);

        expect(slices.map(({ estado }) => estado)).toEqual(slices.map(() => 'cerrado'));
        for (const { dia, readings } of slices) {
          const [second, last] = readings.slice(-2);
          expect(second?.getTime()).toBeGreaterThanOrEqual(at(addDias(dia, 1)).getTime());
          expect(last?.getTime()).toBeGreaterThanOrEqual(at(addDias(dia, 2)).getTime());
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is not closed before two days have passed', () => {
    for (const { estado } of simulate(1.98, [])) expect(estado).toBe('provisional');
  });

  it('that never changes is read 4 times a slice after it ended, 154 times in all', () => {
    const slices = simulate(34, []);
    const after = slices.map(
      ({ readings }) => readings.filter((moment) => moment >= at(addDias(HOY, 1))).length,
    );

    expect(after).toEqual(slices.map(() => 4));
    expect(slices.flatMap(({ readings }) => readings)).toHaveLength(154);
  });

  it('that never changes is read at most 4 times a slice after it ended, however many runs are missed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Answer>('same', 'missed'), { maxLength: 2_000 }), (answers) => {
        for (const { readings } of simulate(34, answers, 3 * HALF_HOUR)) {
          expect(readings.filter((moment) => moment >= at(addDias(HOY, 1))).length).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('whatever the ledger holds', () => {
  const dia = fc.integer({ min: -45, max: 1 }).map((dias) => addDias(HOY, dias));
  const known = fc
    .record({
      dia,
      tienda: fc.constantFrom('tienda_01', 'tienda_02', 'tienda_03'),
      estado: fc.constantFrom('pendiente', 'provisional', 'cerrado', 'fallido'),
      rechazadas: fc.nat(1),
      errorCodigo: fc.constantFrom(null, 'KLK_CORTADA', 'KLK_INCOMPLETA'),
      minutes: fc.integer({ min: 0, max: 50 * 24 * 60 }),
      slice: fc.nat(17),
    })
    .map(({ slice, minutes, ...rest }): TramoConocido => {
      const tramo = tileToday(rest.tienda, rest.dia)[slice];
      const leido = new Date(Math.min(NOW.getTime(), at(rest.dia).getTime() + minutes * 60_000));
      return tramoConocido({ ...tramo, ...rest, leido: rest.estado === 'pendiente' ? null : leido });
    });
  const ledger = fc.uniqueArray(known, {
    selector: (tramo) => `${tramo.tienda} ${tramo.dia} ${tramo.desde}`,
  });

  /** The rule in words of its own: whether a slice has to be read. */
  function isDue(tramo: TramoConocido): boolean {
    const { leido, estado } = tramo;
    if (startOf(tramo).getTime() > NOW.getTime()) return false;
    if (leido === null || estado === 'fallido') return true;
    const midnights = [1, 2, 7, 30].map((dias) => at(addDias(tramo.dia, dias)));
    if (midnights.some((midnight) => leido < midnight && midnight <= NOW)) return true;
    if (estado === 'provisional' && tramo.rechazadas === 0 && NOW >= at(addDias(tramo.dia, 2))) return true;
    if (tramo.rechazadas > 0 && NOW < at(addDias(tramo.dia, 30)) && leido < at(HOY)) return true;
    const hourAgo = new Date(NOW.getTime() - 60 * 60_000);
    return tramo.dia === diaAt(NOW) && (endOf(tramo) > hourAgo || leido < endOf(tramo));
  }

  it('every slice that is due is planned exactly once, and no other', () => {
    fc.assert(
      fc.property(ledger, (tramos) => {
        const planned = planLecturas(tramos, NOW).map(({ tramo }) => tramo);

        expect(new Set(planned)).toEqual(new Set(tramos.filter(isDue)));
        expect(planned).toHaveLength(new Set(planned).size);
      }),
    );
  });

  it('the plan does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(ledger, (tramos) => {
        expect(planLecturas(tramos.toReversed(), NOW)).toEqual(planLecturas(tramos, NOW));
      }),
    );
  });

  it('no store that did not answer stands before another within a class and a day', () => {
    fc.assert(
      fc.property(ledger, (tramos) => {
        const silent = new Set(tramos.filter((t) => t.errorCodigo === 'KLK_CORTADA').map((t) => t.tienda));
        const group = ({ tramo, clase }: Lectura): string => `${clase} ${tramo.dia}`;
        const plan = planLecturas(tramos, NOW);
        for (const [index, lectura] of plan.entries()) {
          const next = plan[index + 1];
          if (next === undefined || group(next) !== group(lectura)) continue;
          expect([silent.has(lectura.tramo.tienda), silent.has(next.tramo.tienda)]).not.toEqual([
            true,
            false,
          ]);
        }
      }),
    );
  });
});
