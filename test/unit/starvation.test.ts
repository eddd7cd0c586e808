import { describe, expect, it } from '@jest/globals';
import type { KlkRequest } from '../../lambdas/core/klk/client.ts';
import fc from 'fast-check';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { createBreaker, SILENT_ERRORS } from '../../lambdas/core/klk/breaker.ts';
import { fetchInventario } from '../../lambdas/inventario-klk/extract/fetch-inventario.ts';
import { createTurns } from '../../lambdas/core/klk/turns.ts';
import { toPrecedence } from '../../lambdas/inventario-klk/precedence.ts';
import type { AlmacenHistory } from '../../lambdas/inventario-klk/precedence.ts';
import { PipelineError, toPipelineError } from '../../lambdas/core/errors/errors.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { klkLimits } from '../fixtures/klk/limits.ts';

const ALMACENES = Array.from({ length: 20 }, (_, n) => `A${String(n).padStart(2, '0')}`);

/** What each warehouse does in one run: how it fails, or that it answers; and after how many turns of the event loop. */
interface Behaviour {
  readonly fails: CodigoError | undefined;
  readonly turns: number;
}
type Day = readonly Behaviour[];

const healthy = (almacen: string): string =>
  JSON.stringify({ meta: { almacenes_filtrados: [almacen], total_articulos: 1 }, articulos: [{}] });

const turnsOfTheLoop = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
};

/** One run over a KLK that behaves so, from what is known before to what is known after. */
async function runOnce(
  before: readonly AlmacenHistory[],
  day: Day,
  concurrency: number,
): Promise<{ after: AlmacenHistory[]; asked: number }> {
  const { order, ...antecedentes } = toPrecedence(before);
  const breaker = createBreaker(order, antecedentes);
  const turns = createTurns(concurrency, concurrency + 2, breaker);
  let asked = 0;
  const extractor = {
    client: {
      request: async ({ body = '' }: KlkRequest, _signal: AbortSignal, onAnswer?: () => void) => {
        asked += 1;
        const almacen = ALMACENES.find((codigo) => body.includes(JSON.stringify(codigo))) ?? '';
        const { fails, turns: wait } = day[ALMACENES.indexOf(almacen)] ?? { fails: undefined, turns: 0 };
        await turnsOfTheLoop(wait);
        if (fails !== undefined) throw new PipelineError(fails, 'prueba');
        onAnswer?.();
        return healthy(almacen);
      },
    },
    limits: klkLimits({ concurrency }),
    clock: { now: () => new Date() },
    breaker,
    deadline: deadlineIn(60_000),
  };
  const after = await Promise.all(
    order.map(async (almacen): Promise<AlmacenHistory> => {
      const known = before.find((antecedente) => antecedente.almacen === almacen);
      const slot = turns.createAnswerSlot();
      const error = await fetchInventario(
        extractor,
        almacen,
        () => undefined,
        (intento, attempt) => turns.take(slot, intento, attempt),
      ).then(
        () => null,
        (thrown: unknown) => toPipelineError(thrown).codigo,
      );
      slot.release();
      const loaded = error === null ? new Date() : (known?.ultimaExtraccion ?? null);
      return {
        almacen,
        ultimaExtraccion: loaded,
        anotado: true,
        error,
        preguntado: error !== 'KLK_CAIDA',
        respuesta: error === 'KLK_CAIDA' ? (known?.respuesta ?? null) : error,
      };
    }),
  );
  return { after: after.toSorted((a, b) => (a.almacen < b.almacen ? -1 : 1)), asked };
}

const unknown = (): AlmacenHistory[] =>
  ALMACENES.map((almacen) => ({
    almacen,
    ultimaExtraccion: null,
    anotado: false,
    error: null,
    preguntado: false,
    respuesta: null,
  }));

/** Any set of sick warehouses, from none to all, of any kind. */
const day = fc
  .tuple(
    fc.subarray(ALMACENES),
    fc.array(fc.record({ codigo: fc.constantFrom(...SILENT_ERRORS), turns: fc.nat(4) }), {
      minLength: ALMACENES.length,
      maxLength: ALMACENES.length,
    }),
  )
  .map(([sick, how]): Day =>
    ALMACENES.map((almacen, index) => ({
      fails: sick.includes(almacen) ? how[index]?.codigo : undefined,
      turns: how[index]?.turns ?? 0,
    })),
  );

describe('sick warehouses', () => {
  it('leave every healthy warehouse loaded in one of any two consecutive runs, whichever they are and however they change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(day, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (days, concurrency) => {
          let known = unknown();
          let missed = new Set<string>();
          for (const today of days) {
            known = (await runOnce(known, today, concurrency)).after;
            const missedToday = new Set(
              known
                .filter(({ error }, index) => error !== null && today[index]?.fails === undefined)
                .map(({ almacen }) => almacen),
            );
            expect([...missedToday].filter((almacen) => missed.has(almacen))).toEqual([]);
            missed = missedToday;
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('that stay the same leave every healthy warehouse loaded in every run from the third on', async () => {
    await fc.assert(
      fc.asyncProperty(day, fc.integer({ min: 1, max: 4 }), async (sameDay, concurrency) => {
        const isHealthy = (index: number): boolean => sameDay[index]?.fails === undefined;
        // With a single healthy warehouse a few requests cannot show that KLK works.
        fc.pre(sameDay.filter((_, index) => isHealthy(index)).length >= 2);
        let known = unknown();
        for (let run = 0; run < 2; run += 1) known = (await runOnce(known, sameDay, concurrency)).after;
        for (let run = 0; run < 3; run += 1) {
          known = (await runOnce(known, sameDay, concurrency)).after;
          expect(known.filter(({ error }, index) => error !== null && isHealthy(index))).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a KLK that does not answer', () => {
  const dead = (codigo: CodigoError): Day => ALMACENES.map(() => ({ fails: codigo, turns: 1 }));

  it('is asked in a run for at most one warehouse more than are asked at once', async () => {
    const { asked } = await runOnce(unknown(), dead('KLK_SIN_RESPUESTA'), 3);

    expect(asked).toBeLessThanOrEqual(4);
  });

  it('is asked for no more than that in any run when no connection can be made', async () => {
    let known = unknown();
    for (let run = 0; run < 5; run += 1) {
      const { after, asked } = await runOnce(known, dead('KLK_INACCESIBLE'), 3);
      expect(asked).toBeLessThanOrEqual(4);
      known = after;
    }
  });

  it('is asked once for each warehouse in every second run when warehouses may be the cause', async () => {
    let known = unknown();
    const counts: number[] = [];
    for (let run = 0; run < 4; run += 1) {
      const { after, asked } = await runOnce(known, dead('KLK_CORTADA'), 3);
      counts.push(asked);
      known = after;
    }
    expect(counts.filter((asked) => asked > 4).length).toBeLessThanOrEqual(2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(ALMACENES.length);
  });

  it('is asked for every warehouse within two runs after it answers again', async () => {
    let known = unknown();
    for (let run = 0; run < 4; run += 1) known = (await runOnce(known, dead('KLK_INACCESIBLE'), 3)).after;
    const { after } = await runOnce(
      known,
      ALMACENES.map(() => ({ fails: undefined, turns: 1 })),
      3,
    );

    expect(after.filter(({ error }) => error !== null)).toEqual([]);
  });
});
