import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeFila } from '../../../lambdas/core/errors/describe-fila.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('a rejected row as it is kept', () => {
  it('is kept as JSON', () => {
    for (const fila of [articulo(), null, 'fila', 7, [1, { a: [null] }], { __proto__: 1 }])
      expect(describeFila(fila)).toBe(JSON.stringify(fila));
  });

  it.each([
    ['20,000 nested lists', { ...articulo(), stock: nested(20_000) }],
    ['a million values', Array.from({ length: 1_000_000 }, () => 0)],
    [
      'a hundred thousand fields',
      Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])),
    ],
    ['a field of a megabyte', { stock: 'ñ'.repeat(1_000_000) }],
    ['a name of a megabyte', { ['n'.repeat(1_000_000)]: 1 }],
  ])('is kept with 2,048 bytes at most: %s', (_what, fila) => {
    expect(Buffer.byteLength(describeFila(fila))).toBeLessThanOrEqual(2_048);
  });

  it('is text that PostgreSQL can store, without control characters, whatever the row is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 8 }), (fila) => {
        const text = describeFila(fila);

        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_048);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
