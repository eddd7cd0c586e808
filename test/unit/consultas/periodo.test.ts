import { describe, expect, it } from '@jest/globals';
import { readPeriodo } from '../../../lambdas/consultas/endpoint.ts';

const HOY = '2026-11-24';
const AYER = { desde: '2026-11-23', hasta: '2026-11-23' };
const SEMANA = { desde: '2026-11-17', hasta: '2026-11-23' };

/** The names of the parameters that are refused. */
function refusedOf(asked: { readonly desde?: string; readonly hasta?: string }, maxDias?: number): unknown {
  try {
    return readPeriodo(asked, AYER, HOY, maxDias);
  } catch (error) {
    return error;
  }
}

describe('the days asked for', () => {
  it.each([
    ['the default when none is given', {}, AYER, AYER],
    [
      'from the first to yesterday',
      { desde: '2026-11-01' },
      AYER,
      { desde: '2026-11-01', hasta: '2026-11-23' },
    ],
    ['today when it is the first', { desde: HOY }, AYER, { desde: HOY, hasta: HOY }],
    [
      'as many as by default, to the last',
      { hasta: '2026-11-10' },
      SEMANA,
      { desde: '2026-11-04', hasta: '2026-11-10' },
    ],
    ['none before all data', { hasta: '2020-01-03' }, SEMANA, { desde: '2020-01-01', hasta: '2020-01-03' }],
    ['those given', { desde: '2026-10-01', hasta: HOY }, AYER, { desde: '2026-10-01', hasta: HOY }],
    ['400 at most', { desde: '2025-10-21', hasta: HOY }, AYER, { desde: '2025-10-21', hasta: HOY }],
  ])('are %s', (_title, asked, byDefault, periodo) => {
    expect(readPeriodo(asked, byDefault, HOY)).toEqual(periodo);
  });

  it.each([
    ['in the future', { desde: '2026-11-25' }, ['desde']],
    ['that end in the future', { hasta: '2026-11-25' }, ['hasta']],
    ['before all data', { desde: '2019-12-31', hasta: '0000-01-01' }, ['desde', 'hasta']],
    ['backwards', { desde: '2026-11-02', hasta: '2026-11-01' }, ['desde']],
    ['more than 400', { desde: '2025-10-20', hasta: HOY }, ['desde']],
  ])('are refused when they are %s', (_title, asked, campos) => {
    expect(refusedOf(asked)).toMatchObject({
      type: 'parametros-invalidos',
      errors: campos.map((campo) => expect.objectContaining({ campo })),
    });
  });

  it('are at most as many as the address allows', () => {
    expect(refusedOf({ desde: '2026-11-16', hasta: '2026-11-23' }, 7)).toMatchObject({
      errors: [{ campo: 'desde' }],
    });
  });
});
