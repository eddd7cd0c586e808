import { describe, expect, it } from '@jest/globals';
import { findBadRows, findSuspicions } from '../../../lambdas/inventario-klk/transform/guards.ts';
import type { Changes } from '../../../lambdas/inventario-klk/transform/guards.ts';
import { transformInventario } from '../../../lambdas/inventario-klk/transform/transform-inventario.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';

const THRESHOLDS = { badRows: 0.01, lost: 0.3, gone: 0.3, unknown: 0.5, altered: 0.3 };

describe('rejected rows', () => {
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
  ])('are accepted at the threshold of 1 %%: %i good, %i bad', (good, bad) => {
    expect(badRowsOf(good, bad)).toBeUndefined();
  });

  it.each([
    [98, 2],
    [18, 2],
    [0, 20],
  ])('are too many above the threshold of 1 %%: %i good, %i bad', (good, bad) => {
    expect(badRowsOf(good, bad)).toBe('FILAS_MALAS');
  });

  it('are not counted among fewer than twenty rows, unless no row is left', () => {
    expect(badRowsOf(1, 18)).toBeUndefined();
    expect(badRowsOf(0, 1)).toBe('FILAS_MALAS');
  });

  it('are never too many with a threshold of 100 %, unless no row is left', () => {
    expect(badRowsOf(1, 99, 1)).toBeUndefined();
    expect(badRowsOf(0, 100, 1)).toBe('FILAS_MALAS');
  });

  it('are not too many while they are of a single article', () => {
    const twice = [articulo({ Codigo: 'M', stock: 1 }), articulo({ Codigo: 'M', stock: 2 })];
    const good = Array.from({ length: 50 }, (_, index) => articulo({ Codigo: `B${index}` }));

    expect(findBadRows(transformInventario([...good, ...twice]), 0.01)).toBeUndefined();
  });

  it('are reported with their number and share', () => {
    const filas = [articulo(), ...Array.from({ length: 39 }, () => null)];

    expect(findBadRows(transformInventario(filas), 0.01)?.message).toContain('39 de 40 filas (97,5 %)');
  });
});

/** A warehouse of a hundred articles with stock, in which nothing changes. */
const UNCHANGED: Changes = {
  primera: false,
  previas: 100,
  ausentes: 0,
  desconocidos: 0,
  conExistencia: 100,
  perdidas: 0,
  comparables: 100,
  alteradas: 0,
  distintasDeCero: 100,
  alteradasDistintasDeCero: 0,
};

/** A warehouse that never had a snapshot, which brings a thousand articles. */
const FIRST: Changes = {
  primera: true,
  previas: 0,
  ausentes: 0,
  desconocidos: 1000,
  conExistencia: 0,
  perdidas: 0,
  comparables: 0,
  alteradas: 0,
  distintasDeCero: 0,
  alteradasDistintasDeCero: 0,
};

describe('a readable snapshot', () => {
  const suspicionOf = (changes: Partial<Changes>, cantidades = ['1']): string | undefined =>
    findSuspicions(cantidades, { ...UNCHANGED, ...changes }, THRESHOLDS)[0]?.codigo;

  it('is not suspect when nothing changes, nor on a first load', () => {
    expect(suspicionOf({})).toBeUndefined();
    expect(suspicionOf(FIRST)).toBeUndefined();
  });

  it('is suspect for every reason at once, but lost stock is not reported beside lost articles', () => {
    const all = { perdidas: 60, ausentes: 60, desconocidos: 60, alteradas: 60, alteradasDistintasDeCero: 60 };
    const suspicions = findSuspicions(['1'], { ...UNCHANGED, ...all }, THRESHOLDS);
    expect(suspicions.map(({ codigo }) => codigo)).toEqual([
      'SOSPECHOSO_ENCOGIDO',
      'SOSPECHOSO_NUEVOS',
      'SOSPECHOSO_CAMBIOS',
    ]);
  });

  it('is suspect when all stock is zero on a first load', () => {
    expect(suspicionOf(FIRST, ['0', '0'])).toBe('SOSPECHOSO_CEROS');
    expect(suspicionOf(FIRST, ['0', '-1'])).toBeUndefined();
  });

  it('is suspect when all stock is zero where some was positive, and not where none was', () => {
    const held = { conExistencia: 1, perdidas: 1, distintasDeCero: 1, alteradasDistintasDeCero: 1 };

    expect(suspicionOf(held, ['0', '0'])).toBe('SOSPECHOSO_CEROS');
    expect(suspicionOf({ ...held, conExistencia: 0, perdidas: 0 }, ['0', '0'])).toBeUndefined();
  });

  it.each([
    [100, 30, undefined],
    [100, 31, 'SOSPECHOSO_CEROS'],
    [20, 7, 'SOSPECHOSO_CEROS'],
    [19, 19, undefined],
  ])('in which, of %i articles with stock, %i lose it: %p', (conExistencia, perdidas, expected) => {
    expect(suspicionOf({ conExistencia, perdidas })).toBe(expected);
  });

  it.each([
    [100, 30, undefined],
    [100, 31, 'SOSPECHOSO_ENCOGIDO'],
    [20, 7, 'SOSPECHOSO_ENCOGIDO'],
    [19, 19, undefined],
  ])('in which, of %i articles, %i are gone: %p', (previas, ausentes, expected) => {
    expect(suspicionOf({ previas, ausentes })).toBe(expected);
  });

  it.each([
    [100, 50, undefined],
    [100, 51, 'SOSPECHOSO_NUEVOS'],
    [20, 11, 'SOSPECHOSO_NUEVOS'],
    [19, 1000, undefined],
  ])('in which %i articles are joined by %i unknown ones: %p', (previas, desconocidos, expected) => {
    expect(suspicionOf({ previas, desconocidos })).toBe(expected);
  });

  it.each([
    [100, 30, undefined],
    [100, 31, 'SOSPECHOSO_CAMBIOS'],
    [20, 7, 'SOSPECHOSO_CAMBIOS'],
    [19, 19, undefined],
  ])('in which, of %i stocks, %i are altered: %p', (distintasDeCero, altered, expected) => {
    expect(suspicionOf({ distintasDeCero, alteradas: altered, alteradasDistintasDeCero: altered })).toBe(
      expected,
    );
  });

  it.each([
    [30, 100, undefined],
    [31, 100, 'SOSPECHOSO_CAMBIOS'],
    [100, 20, 'SOSPECHOSO_CAMBIOS'],
    [100, 19, undefined],
  ])(
    'in which, of 100 articles, %i are altered, of which %i had stock: %p',
    (alteradas, distintasDeCero, expected) => {
      expect(suspicionOf({ alteradas, distintasDeCero })).toBe(expected);
    },
  );

  it('is reported with numbers and shares', () => {
    const [suspicion] = findSuspicions(['1'], { ...UNCHANGED, perdidas: 31 }, THRESHOLDS);
    expect(suspicion?.message).toBe('Pierden su existencia de golpe 31 de 100 artículos (31,0 %)');
  });
});
