import { describe, expect, it } from '@jest/globals';
import { PipelineError } from '../../../lambdas/core/errors/errors.ts';
import type { CodigoError } from '../../../lambdas/core/errors/codes.ts';
import { createBreaker } from '../../../lambdas/core/klk/breaker.ts';
import type { Breaker } from '../../../lambdas/core/klk/breaker.ts';
import { NO_EARLIER_RUNS } from '../../../lambdas/inventario-klk/precedence.ts';

const failure = (codigo: CodigoError): PipelineError => new PipelineError(codigo, 'prueba');
const ALMACENES = ['UNO', 'DOS', 'TRES', 'CUATRO'];

const refuses = (breaker: Breaker, almacen = 'TRES'): boolean => {
  try {
    breaker.refuseIfOpen(almacen);
    return false;
  } catch {
    return true;
  }
};

describe('the breaker', () => {
  it.each(['KLK_INACCESIBLE', 'KLK_SIN_RESPUESTA', 'KLK_CORTADA'] as const)(
    'opens after two different warehouses without an answer: %s',
    (codigo) => {
      const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

      breaker.recordFailure('UNO', failure(codigo), false);
      expect(refuses(breaker)).toBe(false);
      breaker.recordFailure('DOS', failure(codigo), false);

      expect(() => {
        breaker.refuseIfOpen('TRES');
      }).toThrow(
        expect.objectContaining({
          codigo: 'KLK_CAIDA',
          message: 'KLK no contestó a UNO ni a DOS; no se le pregunta más en esta ejecución',
        }),
      );
    },
  );

  it('stays closed while only one warehouse fails, however often', () => {
    const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

    for (let times = 0; times < 5; times += 1) breaker.recordFailure('UNO', failure('KLK_CORTADA'), false);

    expect(refuses(breaker)).toBe(false);
  });

  it('starts counting again after any answer', () => {
    const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

    breaker.recordFailure('UNO', failure('KLK_CORTADA'), false);
    breaker.recordAnswer();
    breaker.recordFailure('DOS', failure('KLK_CORTADA'), false);

    expect(refuses(breaker)).toBe(false);
  });

  it('stays open once it is open', () => {
    const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

    breaker.recordFailure('UNO', failure('KLK_CORTADA'), false);
    breaker.recordFailure('DOS', failure('KLK_CORTADA'), false);
    breaker.recordAnswer();

    expect(refuses(breaker)).toBe(true);
  });

  it.each(['KLK_SATURADA', 'KLK_ERROR_SERVIDOR', 'KLK_CONTRATO', 'KLK_VACIA', 'SIN_TIEMPO'] as const)(
    'does not count a failure of another kind than the connection: %s',
    (codigo) => {
      const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

      breaker.recordFailure('UNO', failure(codigo), false);
      breaker.recordFailure('DOS', failure(codigo), false);

      expect(refuses(breaker)).toBe(false);
    },
  );

  it('does not count a defect of the program', () => {
    const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

    for (const codigo of ['UNO', 'DOS']) breaker.recordFailure(codigo, new Error('ECONNREFUSED'), false);

    expect(refuses(breaker)).toBe(false);
  });
});

describe('the breaker with warehouses that did not answer in the last run', () => {
  it('does not count them while others may still answer', () => {
    const breaker = createBreaker(ALMACENES, { ...NO_EARLIER_RUNS, silent: new Set(['UNO', 'DOS']) });

    for (const almacen of ['UNO', 'DOS']) breaker.recordFailure(almacen, failure('KLK_CORTADA'), false);

    expect(refuses(breaker)).toBe(false);
  });

  it('counts them once all others have failed', () => {
    const breaker = createBreaker(['UNO', 'DOS', 'TRES'], {
      ...NO_EARLIER_RUNS,
      silent: new Set(['DOS', 'TRES']),
    });

    breaker.recordFailure('UNO', failure('KLK_CORTADA'), false);
    expect(refuses(breaker)).toBe(false);
    breaker.recordFailure('DOS', failure('KLK_CORTADA'), false);

    expect(refuses(breaker)).toBe(true);
  });

  it('counts them when there are no others', () => {
    const breaker = createBreaker(ALMACENES, { ...NO_EARLIER_RUNS, silent: new Set(ALMACENES) });

    for (const almacen of ['UNO', 'DOS']) breaker.recordFailure(almacen, failure('KLK_SIN_RESPUESTA'), false);

    expect(refuses(breaker)).toBe(true);
  });
});

describe('the breaker with warehouses that the last run did not ask', () => {
  const opened = (codigo: CodigoError): Breaker => {
    const breaker = createBreaker(ALMACENES, { ...NO_EARLIER_RUNS, owed: new Set(['TRES']) });
    for (const almacen of ['UNO', 'DOS']) breaker.recordFailure(almacen, failure(codigo), false);
    return breaker;
  };

  it('allows requests for these warehouses only when it is open', () => {
    expect(refuses(opened('KLK_SIN_RESPUESTA'), 'TRES')).toBe(false);
    expect(refuses(opened('KLK_SIN_RESPUESTA'), 'CUATRO')).toBe(true);
  });

  it('allows no request when no connection could be made', () => {
    expect(refuses(opened('KLK_INACCESIBLE'), 'TRES')).toBe(true);
  });
});

describe('the doubt of the breaker about KLK', () => {
  const doubting = (): Breaker => {
    const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);
    for (const almacen of ['UNO', 'DOS']) breaker.recordFailure(almacen, failure('KLK_CORTADA'), true);
    return breaker;
  };
  const settles = async (breaker: Breaker, settle: () => void): Promise<boolean> => {
    const sure = breaker.untilSure();
    settle();
    await sure;
    return breaker.inDoubt();
  };

  it('lasts while two different warehouses that did not answer are to be asked again', () => {
    const breaker = createBreaker(ALMACENES, NO_EARLIER_RUNS);

    breaker.recordFailure('UNO', failure('KLK_CORTADA'), true);
    breaker.recordFailure('UNO', failure('KLK_CORTADA'), true);
    expect(breaker.inDoubt()).toBe(false);
    breaker.recordFailure('DOS', failure('KLK_CORTADA'), true);
    expect(breaker.inDoubt()).toBe(true);
  });

  it('ends with any answer', async () => {
    const breaker = doubting();

    expect(
      await settles(breaker, () => {
        breaker.recordAnswer();
      }),
    ).toBe(false);
    expect(refuses(breaker)).toBe(false);
  });

  it('ends when both have failed for good, which opens the breaker', async () => {
    const breaker = doubting();

    expect(
      await settles(breaker, () => {
        for (const almacen of ['UNO', 'DOS']) {
          breaker.recordFailure(almacen, failure('KLK_CORTADA'), false);
          breaker.recordEnd(almacen);
        }
      }),
    ).toBe(false);
    expect(refuses(breaker)).toBe(true);
  });

  it('ends when one of them runs out of time', async () => {
    const breaker = doubting();

    expect(
      await settles(breaker, () => {
        breaker.recordEnd('UNO');
      }),
    ).toBe(false);
    expect(refuses(breaker)).toBe(false);
  });
});
