import { describe, expect, it } from '@jest/globals';
import { PipelineError } from '../../../lambdas/shared/errors.ts';
import type { CodigoError } from '../../../lambdas/shared/errors.ts';
import { createBreaker } from '../../../lambdas/inventario-klk/extract/breaker.ts';
import type { Breaker } from '../../../lambdas/inventario-klk/extract/breaker.ts';

const failure = (codigo: CodigoError): PipelineError => new PipelineError(codigo, 'prueba');
const isOpen = (breaker: Breaker): boolean => {
  try {
    breaker.refuseIfOpen();
    return false;
  } catch {
    return true;
  }
};

describe('the breaker', () => {
  it.each(['KLK_INACCESIBLE', 'KLK_SIN_RESPUESTA', 'KLK_CORTADA'] as const)(
    'opens after two different warehouses without an answer: %s',
    (codigo) => {
      const breaker = createBreaker();

      breaker.recordFailure('UNO', failure(codigo));
      expect(isOpen(breaker)).toBe(false);
      breaker.recordFailure('DOS', failure(codigo));

      expect(() => {
        breaker.refuseIfOpen();
      }).toThrow(
        expect.objectContaining({
          codigo: 'KLK_CAIDA',
          message: 'KLK no contestó a UNO ni a DOS; no se le pregunta más en esta ejecución',
        }),
      );
    },
  );

  it('stays closed while only one warehouse fails, however often', () => {
    const breaker = createBreaker();

    for (let times = 0; times < 5; times += 1) breaker.recordFailure('UNO', failure('KLK_CORTADA'));

    expect(isOpen(breaker)).toBe(false);
  });

  it('starts anew at any answer', () => {
    const breaker = createBreaker();

    breaker.recordFailure('UNO', failure('KLK_CORTADA'));
    breaker.recordAnswer();
    breaker.recordFailure('DOS', failure('KLK_CORTADA'));

    expect(isOpen(breaker)).toBe(false);
  });

  it('stays open once open', () => {
    const breaker = createBreaker();

    breaker.recordFailure('UNO', failure('KLK_CORTADA'));
    breaker.recordFailure('DOS', failure('KLK_CORTADA'));
    breaker.recordAnswer();

    expect(isOpen(breaker)).toBe(true);
  });

  it.each(['KLK_SATURADA', 'KLK_ERROR_SERVIDOR', 'KLK_CONTRATO', 'KLK_VACIA', 'SIN_TIEMPO'] as const)(
    'takes no notice of what is no failure of the connection: %s',
    (codigo) => {
      const breaker = createBreaker();

      breaker.recordFailure('UNO', failure(codigo));
      breaker.recordFailure('DOS', failure(codigo));

      expect(isOpen(breaker)).toBe(false);
    },
  );

  it('takes no notice of a defect of ours', () => {
    const breaker = createBreaker();

    for (const codigo of ['UNO', 'DOS']) breaker.recordFailure(codigo, new Error('ECONNREFUSED'));

    expect(isOpen(breaker)).toBe(false);
  });
});
