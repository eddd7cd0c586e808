import { describe, expect, it } from '@jest/globals';
import { findBadLines, findOtherDay, findSuspicion } from '../../../lambdas/ventas-klk/transform/guards.ts';
import type { Changes } from '../../../lambdas/ventas-klk/transform/guards.ts';

describe('unreadable lines', () => {
  const badLinesOf = (extraidos: number, rechazados: number, share = 0.01): string | undefined =>
    findBadLines({ extraidos, rechazados }, share)?.codigo;

  it.each([
    [100, 0],
    [20, 1],
    [200, 2],
    [19, 19],
    [1, 1],
    [0, 0],
  ])('are borne: of %i lines %i', (extraidos, rechazados) => {
    expect(badLinesOf(extraidos, rechazados)).toBeUndefined();
  });

  it.each([
    [199, 2],
    [20, 2],
    [20, 20],
  ])(
    'are too many above 1 %%, when they are two of twenty at least: of %i lines %i',
    (extraidos, rechazados) => {
      expect(badLinesOf(extraidos, rechazados)).toBe('FILAS_MALAS');
    },
  );

  it('are never too many at 100 %', () => {
    expect(badLinesOf(100, 100, 1)).toBeUndefined();
  });

  it('are reported in figures', () => {
    expect(findBadLines({ extraidos: 40, rechazados: 3 }, 0.01)?.message).toContain('3 de 40 líneas (7,5 %)');
  });
});

const THRESHOLDS = { badLines: 0.01, empty: 50, gone: 0.02 };

describe('an answer whose invoices the store has on another day', () => {
  it.each([
    [285, 285],
    [20, 39],
  ])('is that of another day when it is %i of %i lines', (enOtroDia, extraidos) => {
    expect(findOtherDay(enOtroDia, extraidos)?.codigo).toBe('KLK_OTRO_TRAMO');
  });

  it.each([
    [20, 40],
    [19, 19],
    [0, 0],
  ])('is not when it is %i of %i', (enOtroDia, extraidos) => {
    expect(findOtherDay(enOtroDia, extraidos)).toBeUndefined();
  });
});

const NOTHING_GONE: Changes = {
  cerrado: false,
  previas: 1_000,
  ausentes: 0,
  vaciadasDelDia: 0,
  vacioRechazado: false,
  extraidos: 1_000,
};

describe('an answer against what its slice holds', () => {
  const suspicionOf = (changes: Partial<Changes>): string | undefined =>
    findSuspicion({ ...NOTHING_GONE, ...changes }, THRESHOLDS)?.codigo;

  it('is believed when no line is gone, closed or not', () => {
    expect(suspicionOf({})).toBeUndefined();
    expect(suspicionOf({ cerrado: true })).toBeUndefined();
    expect(suspicionOf({ previas: 0, extraidos: 0 })).toBeUndefined();
    expect(suspicionOf({ previas: 0 })).toBeUndefined();
  });

  it('is suspect when it is empty again after it was refused for that', () => {
    expect(suspicionOf({ extraidos: 0, previas: 1, ausentes: 1, vacioRechazado: true })).toBe(
      'SOSPECHOSO_VACIO',
    );
    expect(suspicionOf({ extraidos: 1, previas: 1, vacioRechazado: true })).toBeUndefined();
  });

  it('is suspect when it is empty and the slice held 50 lines or more', () => {
    expect(suspicionOf({ extraidos: 0, previas: 50, ausentes: 50 })).toBe('SOSPECHOSO_VACIO');
    expect(suspicionOf({ extraidos: 0, previas: 19, ausentes: 19 })).toBeUndefined();
  });

  it('is suspect when it is empty, even when nothing would be removed', () => {
    expect(suspicionOf({ extraidos: 0, previas: 50, ausentes: 0 })).toBe('SOSPECHOSO_VACIO');
  });

  it.each([
    [1_000, 21],
    [100, 20],
    [20, 20],
  ])('is suspect when of %i lines %i are gone', (previas, ausentes) => {
    expect(suspicionOf({ previas, ausentes })).toBe('SOSPECHOSO_RETIRADAS');
  });

  it.each([
    [1_000, 20],
    [100, 19],
    [19, 19],
  ])('is believed when of %i lines %i are gone', (previas, ausentes) => {
    expect(suspicionOf({ previas, ausentes })).toBeUndefined();
  });

  it('is suspect when it is empty after others of its day, which held 50 lines with it', () => {
    const empty = { extraidos: 0, ausentes: 15, previas: 15 };
    expect(suspicionOf({ ...empty, vaciadasDelDia: 35 })).toBe('SOSPECHOSO_VACIO');
    expect(suspicionOf({ ...empty, vaciadasDelDia: 34 })).toBeUndefined();
  });

  it('is believed when it is empty after others of its day, and held nothing', () => {
    expect(suspicionOf({ extraidos: 0, previas: 0, vaciadasDelDia: 80 })).toBeUndefined();
  });

  it('is suspect when one line of a closed slice is gone', () => {
    expect(suspicionOf({ cerrado: true, ausentes: 1 })).toBe('SOSPECHOSO_DIA_CERRADO');
  });

  it('says in figures what is gone', () => {
    const changes = { ...NOTHING_GONE, ausentes: 25, extraidos: 975 };

    expect(findSuspicion(changes, THRESHOLDS)?.message).toBe(
      'Desaparecen de golpe 25 de 1000 líneas (2,5 %)',
    );
  });
});
