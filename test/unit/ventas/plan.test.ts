import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDias, diaAt } from '../../../lambdas/core/time/dia.ts';
import { planAsked } from '../../../lambdas/ventas-klk/plan-asked.ts';
import { estadoAfter, planTramos } from '../../../lambdas/ventas-klk/plan.ts';
import type { PlannedTramo } from '../../../lambdas/ventas-klk/plan.ts';
import { endOf, startOf, tileToday } from '../../../lambdas/ventas-klk/tramo.ts';
import type { TramoConocido } from '../../../lambdas/ventas-klk/tramo.ts';

const HOY = '2026-11-24';

/** A moment by the clocks of the stores. */
const at = (dia: string, hora = '00:00'): Date => new Date(`${dia}T${hora}:00-04:00`);

const NOW = at(HOY, '10:20');
const HALF_HOUR = 30 * 60_000;

const tramoConocido = (cambios: Partial<TramoConocido> = {}): TramoConocido => ({
  tienda: 'tienda_01',
  dia: HOY,
  desde: '00:00',
  hasta: '24:00',
  estado: 'pendiente',
  lineas: 0,
  rechazadas: 0,
  leido: null,
  lecturas: cambios.leido === undefined || cambios.leido === null ? 0 : 1,
  pedido: null,
  errorCodigo: null,
  errorMomento: null,
  ...cambios,
});

const clasesOf = (tramo: TramoConocido, momento = NOW): string[] =>
  planTramos([tramo], momento).map(({ clase }) => clase);

const read = (leido: Date, cambios: Partial<TramoConocido> = {}): TramoConocido =>
  tramoConocido({ estado: 'provisional', lineas: 1, leido, ...cambios });

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
    expect(clasesOf(read(at(addDias(HOY, -1)), { dia, estado: 'fallido' }))).toEqual([clase]);
  });

  it.each([
    [1, 'sin cerrar'],
    [2, 'sin cerrar'],
    [7, 'sin cerrar'],
    [30, 'relleno'],
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

  it('is read a second time, to be closed, by the next run from the second day on', () => {
    const clasesAfter = (dias: number): string[] =>
      clasesOf(read(new Date(NOW.getTime() - HALF_HOUR), { dia: addDias(HOY, -dias) }));

    expect([clasesAfter(1), clasesAfter(2), clasesAfter(40)]).toEqual([[], ['sin cerrar'], ['relleno']]);
  });

  it('is read once a day, and again on the seventh, while its store has no line of the whole day', () => {
    const clasesAged = (dias: number, lineas: number, leido = at(addDias(HOY, -1), '23:00')): string[] => {
      const dia = addDias(HOY, -dias);
      const empty = read(leido, { dia, lineas: 0, hasta: '12:00' });
      const rest = read(NOW, { dia, lineas, desde: '12:00', estado: 'cerrado' });
      return planTramos([empty, rest], NOW).map(({ clase }) => clase);
    };

    expect(clasesAged(3, 0)).toEqual([]);
    expect(clasesAged(3, 0, new Date(NOW.getTime() - 48 * HALF_HOUR))).toEqual(['sin cerrar']);
    expect(clasesAged(3, 1)).toEqual(['sin cerrar']);
    expect(clasesAged(7, 0)).toEqual(['sin cerrar']);
  });

  it('is read again a day later while lines of it are rejected, and weekly after 35 days and a second reading', () => {
    const spoilt = (dias: number, horas: number, lecturas = 2): string[] =>
      clasesOf(
        read(new Date(NOW.getTime() - horas * 2 * HALF_HOUR), {
          dia: addDias(HOY, -dias),
          rechazadas: 1,
          lecturas,
        }),
      );

    expect([spoilt(4, 23), spoilt(4, 24)]).toEqual([[], ['sin cerrar']]);
    expect([spoilt(35, 23), spoilt(35, 24)]).toEqual([[], ['relleno']]);
    expect([spoilt(36, 24, 1), spoilt(36, 24), spoilt(36, 7 * 24)]).toEqual([['relleno'], [], ['relleno']]);
  });

  it('that failed is tried again by the next run, and a day later when its day has been over for more than 35', () => {
    const failed = (dias: number, horas: number): string[] =>
      clasesOf(
        tramoConocido({
          dia: addDias(HOY, -dias),
          estado: 'fallido',
          errorCodigo: 'KLK_INCOMPLETA',
          errorMomento: new Date(NOW.getTime() - horas * 2 * HALF_HOUR),
        }),
      );

    expect([failed(1, 0), failed(5, 0), failed(35, 0)]).toEqual([
      ['sin cerrar'],
      ['sin cerrar'],
      ['relleno'],
    ]);
    expect([failed(90, 23), failed(90, 24)]).toEqual([[], ['relleno']]);
  });

  it('that failed is tried again at once when its attempt lies in the future, which an error of the clock made', () => {
    const dia = addDias(HOY, -3);

    expect(
      clasesOf(
        tramoConocido({
          dia,
          estado: 'fallido',
          errorCodigo: 'KLK_ERROR',
          errorMomento: at(addDias(HOY, 9)),
        }),
      ),
    ).toEqual(['sin cerrar']);
  });
});

describe('a slice that a person asked for', () => {
  const dia = addDias(HOY, -60);
  const closed = read(at(addDias(HOY, -20)), { dia, estado: 'cerrado', pedido: at(HOY, '08:00') });

  it('is read until it was read since', () => {
    expect(clasesOf(closed)).toEqual(['pedido']);
    expect(clasesOf({ ...closed, leido: at(HOY, '08:01') })).toEqual([]);
  });

  it('waits after a failure like any other', () => {
    const failed = { ...closed, estado: 'fallido', lecturas: 1, errorCodigo: 'KLK_ERROR' } as const;

    expect(clasesOf({ ...failed, errorMomento: at(HOY, '07:59') })).toEqual(['pedido']);
    expect(clasesOf({ ...failed, errorMomento: at(HOY, '08:01') })).toEqual([]);
  });

  it('comes before what was asked for later, when it is asked for again', () => {
    const again = [
      { ...closed, dia: addDias(HOY, -59), pedido: at(HOY, '09:00') },
      { ...closed, pedido: at(HOY, '09:00') },
      { ...closed, dia: addDias(HOY, -61) },
    ];

    expect(planAsked(again, NOW).map(({ tramo }) => tramo.dia)).toEqual(
      [61, 59, 60].map((dias) => addDias(HOY, -dias)),
    );
  });
});

describe('the order of a plan', () => {
  it('is today, days not closed, days asked for, closed days to read again, older days; what failed ends its class', () => {
    const ordered = [
      tramoConocido({ dia: HOY }),
      tramoConocido({ dia: addDias(HOY, -7) }),
      tramoConocido({ dia: addDias(HOY, -6), estado: 'fallido', errorCodigo: 'KLK_SOLICITUD_RECHAZADA' }),
      read(at(addDias(HOY, -5)), { dia: addDias(HOY, -90), estado: 'cerrado', pedido: NOW }),
      read(at(addDias(HOY, -5)), { dia: addDias(HOY, -7), estado: 'cerrado' }),
      read(at(addDias(HOY, -2)), { dia: addDias(HOY, -50) }),
      tramoConocido({ dia: addDias(HOY, -60) }),
      tramoConocido({ dia: addDias(HOY, -40), estado: 'fallido', errorCodigo: 'KLK_SOLICITUD_RECHAZADA' }),
    ];
    const plan = planTramos(ordered.toReversed(), NOW);

    expect(plan.map(({ tramo }) => tramo)).toEqual(ordered);
    expect(plan.map(({ clase }) => clase)).toEqual([
      ...['hoy', 'sin cerrar', 'sin cerrar', 'pedido', 'relectura', 'relleno', 'relleno', 'relleno'],
    ]);
  });

  it('within a class is what never failed, newest day, healthy stores, store, newest slice', () => {
    const failed = { errorCodigo: 'KLK_SIN_RESPUESTA', estado: 'fallido', leido: at(HOY) } as const;
    const yesterday = addDias(HOY, -1);
    const ordered = [
      tramoConocido({ tienda: 'tienda_02', dia: yesterday, desde: '12:00' }),
      tramoConocido({ tienda: 'tienda_02', dia: yesterday, hasta: '12:00' }),
      tramoConocido({ tienda: 'tienda_03', dia: yesterday }),
      tramoConocido({ tienda: 'tienda_01', dia: yesterday, desde: '12:00' }),
      tramoConocido({ tienda: 'tienda_02', dia: addDias(HOY, -2) }),
      tramoConocido({ tienda: 'tienda_01', dia: yesterday, hasta: '12:00', ...failed }),
    ];

    expect(planTramos(ordered.toReversed(), NOW).map(({ tramo }) => tramo)).toEqual(ordered);
  });

  it('puts what failed last, and a store whose other slices got no answer', () => {
    const sick = (errorCodigo: string): string[] =>
      planTramos(
        [
          tramoConocido({ tienda: 'tienda_01', hasta: '12:00', estado: 'fallido', errorCodigo }),
          tramoConocido({ tienda: 'tienda_01', desde: '12:00' }),
          tramoConocido({ tienda: 'tienda_02' }),
        ],
        at(HOY, '12:20'),
      ).map(({ tramo }) => `${tramo.tienda.slice(-2)} ${tramo.desde}`);

    expect(sick('KLK_SIN_RESPUESTA')).toEqual(['02 00:00', '01 12:00', '01 00:00']);
    expect(sick('KLK_CORTADA')).toEqual(['02 00:00', '01 12:00', '01 00:00']);
    expect(sick('KLK_INCOMPLETA')).toEqual(['01 12:00', '02 00:00', '01 00:00']);
  });
});

describe('the state of a slice after a reading', () => {
  const dia = HOY;
  const earlier = { leido: at(addDias(dia, 1)), huella: 'a' };
  const reading = {
    momento: at(addDias(dia, 2)),
    dia,
    huella: 'a',
    rechazadas: 0,
    cambio: false,
    diaVacio: false,
  };

  it('is closed when it is the second of two equal ones and two days have passed', () => {
    expect(estadoAfter(earlier, reading)).toBe('cerrado');
    expect(
      estadoAfter({ ...earlier, leido: at(addDias(dia, 9)) }, { ...reading, momento: at(addDias(dia, 10)) }),
    ).toBe('cerrado');
  });

  it('is closed after seven days when the store has no line of that day', () => {
    const empty = { ...reading, diaVacio: true };

    expect(estadoAfter(earlier, { ...empty, momento: new Date(at(addDias(dia, 7)).getTime() - 1) })).toBe(
      'provisional',
    );
    expect(estadoAfter(earlier, { ...empty, momento: at(addDias(dia, 7)) })).toBe('cerrado');
  });

  it.each([
    ['the day was not over at the first', { leido: new Date(earlier.leido.getTime() - 1) }, {}],
    ['there was no other', { leido: null, huella: null }, {}],
    ['they differ', { huella: 'b' }, {}],
    ['two days have not passed', {}, { momento: new Date(reading.momento.getTime() - 1) }],
    ['a line was rejected', {}, { rechazadas: 1 }],
    ['lines had to be written again', {}, { cambio: true }],
  ])('is provisional when %s', (_why, before, now) => {
    expect(estadoAfter({ ...earlier, ...before }, { ...reading, ...now })).toBe('provisional');
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
    return {
      ...slice,
      estado: slice.estado === 'cerrado' ? 'cerrado' : 'fallido',
      errorCodigo: 'KLK_ERROR',
      errorMomento: momento,
    };
  const cambio = answer === 'changed' || slice.huella === null;
  const huella = answer === 'changed' ? String(momento.getTime()) : (slice.huella ?? 'first');
  const estado = estadoAfter(slice, {
    momento,
    dia: slice.dia,
    huella,
    rechazadas: 0,
    cambio,
    diaVacio: false,
  });
  return {
    ...slice,
    estado,
    huella,
    leido: momento,
    lecturas: slice.lecturas + 1,
    errorCodigo: null,
    errorMomento: null,
    readings: [...slice.readings, momento],
  };
}

const DAY = 48 * HALF_HOUR;

/** Runs every half hour over some days of one store, of which only `answers` may go wrong. */
function simulate(dias: number, answers: readonly Answer[], every = HALF_HOUR): readonly Simulated[] {
  let slices: Simulated[] = tileToday('tienda_01', HOY).map((tramo) => ({
    ...tramoConocido({ ...tramo, lineas: 1 }),
    huella: null,
    readings: [],
  }));
  let turn = 0;
  const begin = at(HOY, '00:15').getTime();
  for (let time = begin; time < begin + dias * DAY; time += every) {
    const momento = new Date(time);
    for (const { tramo } of planTramos(slices, momento)) {
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
        const slices = simulate(120, answers, pace * HALF_HOUR);

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
  const moment = fc.integer({ min: 0, max: 50 * 24 * 60 });
  const known = fc
    .record({
      dia,
      tienda: fc.constantFrom('tienda_01', 'tienda_02', 'tienda_03'),
      estado: fc.constantFrom('pendiente', 'provisional', 'cerrado', 'fallido'),
      rechazadas: fc.nat(1),
      errorCodigo: fc.constantFrom(null, 'KLK_CORTADA', 'KLK_INCOMPLETA'),
      lineas: fc.nat(1),
      lecturas: fc.integer({ min: 1, max: 2 }),
      minutes: fc.record({ leido: moment, error: moment, pedido: fc.option(moment) }),
      slice: fc.nat(17),
    })
    .map(({ slice, minutes, ...rest }): TramoConocido => {
      const tramo = tileToday(rest.tienda, rest.dia)[slice];
      const after = (some: number): Date =>
        new Date(Math.min(NOW.getTime(), at(rest.dia).getTime() + some * 60_000));
      return tramoConocido({
        ...tramo,
        ...rest,
        leido: rest.estado === 'pendiente' ? null : after(minutes.leido),
        pedido: minutes.pedido === null ? null : after(minutes.pedido),
        errorMomento: rest.errorCodigo === null ? null : after(minutes.error),
      });
    });
  const ledger = fc.uniqueArray(known, {
    selector: (tramo) => `${tramo.tienda} ${tramo.dia} ${tramo.desde}`,
  });

  /** The rule in words of its own: whether a slice has to be read. */
  function isDue(tramo: TramoConocido, all: readonly TramoConocido[]): boolean {
    const { leido, estado, dia, pedido, rechazadas, errorMomento } = tramo;
    const [start, end] = [startOf(tramo), endOf(tramo)];
    if (start > NOW) return false;
    const hours = (from: Date): number => (NOW.getTime() - from.getTime()) / (2 * HALF_HOUR);
    if (dia === diaAt(NOW) && hours(end) < 1) return true;

    const reasons = [1, 2, 7, 30].map((dias) => at(addDias(dia, dias))).filter((midnight) => midnight <= NOW);
    if (pedido !== null) reasons.push(pedido);
    const since = (moment: Date | null): boolean =>
      moment === null || reasons.some((reason) => moment < reason);
    const sold = all.some((other) => other.tienda === tramo.tienda && other.dia === dia && other.lineas > 0);
    const mayClose = NOW >= at(addDias(dia, 2));
    const wanted =
      since(leido) ||
      (leido !== null && leido < end) ||
      estado === 'fallido' ||
      rechazadas > 0 ||
      (estado === 'provisional' && mayClose);
    const tried = [leido, errorMomento].reduce(
      (last, moment) =>
        moment !== null && moment <= NOW && (last === null || moment > last) ? moment : last,
      null,
    );
    if (!wanted || tried === null || since(tried)) return wanted;
    const age = Math.floor(hours(at(dia)) / 24);
    const wait =
      age > 35 && tramo.lecturas > 1
        ? 168
        : estado !== 'fallido' && (rechazadas > 0 || (!sold && age < 7 && leido !== null && leido >= end))
          ? 24
          : age > 35 && estado === 'fallido'
            ? 24
            : 0;
    return hours(tried) >= wait - 0.25;
  }

  it('every slice that is due is planned exactly once, and no other', () => {
    fc.assert(
      fc.property(ledger, (tramos) => {
        const planned = planTramos(tramos, NOW).map(({ tramo }) => tramo);

        expect(new Set(planned)).toEqual(new Set(tramos.filter((tramo) => isDue(tramo, tramos))));
        expect(planned).toHaveLength(new Set(planned).size);
      }),
    );
  });

  it('the plan does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(ledger, (tramos) => {
        expect(planTramos(tramos.toReversed(), NOW)).toEqual(planTramos(tramos, NOW));
      }),
    );
  });

  it('no store that did not answer stands before another within a class and a day', () => {
    fc.assert(
      fc.property(ledger, (tramos) => {
        const silent = new Set(tramos.filter((t) => t.errorCodigo === 'KLK_CORTADA').map((t) => t.tienda));
        const group = ({ tramo, clase }: PlannedTramo): string =>
          `${clase} ${tramo.errorCodigo === null} ${tramo.dia}`;
        const plan = planTramos(tramos, NOW);
        for (const [index, planned] of plan.entries()) {
          const next = plan[index + 1];
          if (next === undefined || group(next) !== group(planned)) continue;
          expect([silent.has(planned.tramo.tienda), silent.has(next.tramo.tienda)]).not.toEqual([
            true,
            false,
          ]);
        }
      }),
    );
  });
});
