import { describe, expect, it } from '@jest/globals';
import { toCambiosDePrecio, toSteps } from '../../../lambdas/consultas/steps.ts';
import type { Version } from '../../../lambdas/consultas/queries/read-articulo.ts';

/** Versions of one warehouse, `from to quantity price`, by letters as moments; `-` is still in force. */
const versions = (...texts: readonly string[]): Version[] =>
  texts.map((text) => {
    const [inicio = '', fin = '', cantidad, precio] = text.split(' ');
    return {
      almacen: 'A1',
      inicio,
      fin: fin === '-' ? null : fin,
      cantidad: Number(cantidad),
      precioUsd: precio === '?' ? null : Number(precio),
    };
  });

describe('toSteps', () => {
  it.each([
    [
      'A quantity is a step',
      ['a b 5 1', 'b - 4 1'],
      [
        ['a', 5],
        ['b', 4],
      ],
    ],
    ['A price that changes is none', ['a b 5 1', 'b - 5 2'], [['a', 5]]],
    [
      'Where it was in no inventory the quantity is null',
      ['a b 5 1', 'c - 5 1'],
      [
        ['a', 5],
        ['b', null],
        ['c', 5],
      ],
    ],
    [
      'What is gone ends with null',
      ['a b 5 1'],
      [
        ['a', 5],
        ['b', null],
      ],
    ],
  ])('%s', (_title, texts, pasos) => {
    expect(toSteps(versions(...texts))).toEqual([{ almacen: 'A1', pasos }]);
  });

  it('Each warehouse has its own', () => {
    const [one] = versions('a - 5 1');
    const other = { ...one, almacen: 'A2' };

    expect(toSteps(one === undefined ? [] : [one, { ...one, ...other }])).toHaveLength(2);
  });

  it('Nothing has no steps', () => {
    expect(toSteps([])).toEqual([]);
  });
});

describe('toCambiosDePrecio', () => {
  it.each([
    ['A price that stays is no change', ['a b 5 1', 'b - 4 1'], []],
    ['A new price is a change', ['a b 5 1', 'b - 5 2'], [{ fecha: 'b', anterior: 1, nuevo: 2 }]],
    [
      'So is a price that is not known any more',
      ['a b 5 1', 'b - 5 ?'],
      [{ fecha: 'b', anterior: 1, nuevo: null }],
    ],
    ['An article that comes back has no price before', ['a b 5 1', 'c - 5 2'], []],
  ])('%s', (_title, texts, changes) => {
    expect(toCambiosDePrecio(versions(...texts))).toEqual(
      changes.map((change) => ({ almacen: 'A1', ...change })),
    );
  });
});
