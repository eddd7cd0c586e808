import { describe, expect, it } from '@jest/globals';
import { findBadRows, findSuspicions } from '../../../lambdas/inventario-klk/transform/guards.ts';
import type { Baseline } from '../../../lambdas/inventario-klk/transform/guards.ts';
import { transformInventario } from '../../../lambdas/inventario-klk/transform/transform-inventario.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';

const THRESHOLDS = { badRows: 0.01, zeroed: 0.3, shrunk: 0.3 };

describe('refused rows', () => {
  const badRowsOf = (good: number, bad: number, share = 0.01): string | undefined =>
    findBadRows(
      transformInventario([
        ...Array.from({ length: good }, (_, index) => articulo({ Codigo: `B${index}` })),
        ...Array.from({ length: bad }, (_, index) => articulo({ Codigo: `M${index}`, stock: 'abc' })),
      ]),
      share,
    )?.codigo;

  it.each([
    [100, 0],
    [99, 1],
    [198, 2],
    [19, 1],
    [49, 1],
  ])('are borne at the threshold: %i good, %i bad of 1 %%', (good, bad) => {
    expect(badRowsOf(good, bad)).toBeUndefined();
  });

  it.each([
    [98, 2],
    [18, 2],
    [0, 20],
  ])('are too many above it: %i good, %i bad of 1 %%', (good, bad) => {
    expect(badRowsOf(good, bad)).toBe('FILAS_MALAS');
  });

  it('say nothing about fewer than twenty rows, unless no row is left', () => {
    expect(badRowsOf(1, 18)).toBeUndefined();
    expect(badRowsOf(0, 1)).toBe('FILAS_MALAS');
  });

  it('are never too many at 100 %, unless no row is left', () => {
    expect(badRowsOf(1, 99, 1)).toBeUndefined();
    expect(badRowsOf(0, 100, 1)).toBe('FILAS_MALAS');
  });

  it('are not too many while they are of a single article', () => {
    const twice = [articulo({ Codigo: 'M', stock: 1 }), articulo({ Codigo: 'M', stock: 2 })];
    const good = Array.from({ length: 50 }, (_, index) => articulo({ Codigo: `B${index}` }));

    expect(findBadRows(transformInventario([...good, ...twice]), 0.01)).toBeUndefined();
  });

  it('are told in figures', () => {
    const filas = [articulo(), ...Array.from({ length: 39 }, () => null)];

    expect(findBadRows(transformInventario(filas), 0.01)?.message).toContain('39 de 40 filas (97.5 %)');
  });
});

describe('a readable snapshot', () => {
  const nothing: Baseline = { articulos: null, conExistencia: 0, puestosACero: 0 };
  const suspicionOf = (articulos: number, cantidades: string[], baseline: Baseline): string | undefined =>
    findSuspicions({ articulos, cantidades }, baseline, THRESHOLDS)[0]?.codigo;

  it('is told every reason, zeros first', () => {
    const held = { articulos: 100, conExistencia: 100, puestosACero: 60 };
    const suspicions = findSuspicions({ articulos: 60, cantidades: ['0'] }, held, THRESHOLDS);
    expect(suspicions.map(({ codigo }) => codigo)).toEqual(['SOSPECHOSO_CEROS', 'SOSPECHOSO_ENCOGIDO']);
  });

  it('is suspicious when all stock is zero on a first load', () => {
    expect(suspicionOf(2, ['0', '0'], nothing)).toBe('SOSPECHOSO_CEROS');
    expect(suspicionOf(2, ['0', '-1'], nothing)).toBeUndefined();
  });

  it('is suspicious when all stock is zero where some was positive, and not where none was', () => {
    const held = { articulos: 2, conExistencia: 1, puestosACero: 1 };

    expect(suspicionOf(2, ['0', '0'], held)).toBe('SOSPECHOSO_CEROS');
    expect(suspicionOf(2, ['0', '0'], { ...held, conExistencia: 0, puestosACero: 0 })).toBeUndefined();
  });

  it.each([
    [100, 30, undefined],
    [100, 31, 'SOSPECHOSO_CEROS'],
    [20, 7, 'SOSPECHOSO_CEROS'],
    [19, 18, undefined],
  ])('of %i articles with stock loses that of %i: %p', (conExistencia, puestosACero, expected) => {
    expect(suspicionOf(100, ['1'], { articulos: 100, conExistencia, puestosACero })).toBe(expected);
  });

  it.each([
    [100, 70, undefined],
    [100, 69, 'SOSPECHOSO_ENCOGIDO'],
    [20, 13, 'SOSPECHOSO_ENCOGIDO'],
    [19, 1, undefined],
    [100, 1000, undefined],
  ])('shrinks from %i articles to %i: %p', (before, now, expected) => {
    expect(suspicionOf(now, ['1'], { articulos: before, conExistencia: 0, puestosACero: 0 })).toBe(expected);
  });

  it('cannot shrink on a first load', () => {
    expect(suspicionOf(1, ['1'], nothing)).toBeUndefined();
  });
});
