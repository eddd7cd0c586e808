import { describe, expect, it } from '@jest/globals';
import {
  ARTICULOS,
  countMarks,
  LINEAS,
  refuseDense,
  refuseTooMany,
} from '../../../lambdas/core/klk/answer-size.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';

const MAX = 100_000;

const filled = (piece: string): Buffer =>
  Buffer.from(`[${`${piece},`.repeat(MAX / (piece.length + 1) - 1)}${piece}]`);

describe('an answer within the byte limit', () => {
  it.each(['{}', '[]', '0', '""', '{"a":0}', '"{},[],{}"', '[[[[]]]]'])(
    'is refused before it is parsed when it consists of %s',
    (piece) => {
      expect(() => {
        refuseDense(countMarks(filled(piece)), MAX);
      }).toThrow(expect.objectContaining({ codigo: 'KLK_DEMASIADO_GRANDE' }));
    },
  );

  it('is accepted when it consists of articles, whatever their texts contain', () => {
    for (const nombre of ['ARROZ', '', 'A, B, C: [1] {2}']) {
      const bytes = filled(JSON.stringify(articulo({ NombreProducto: nombre })));

      expect(() => {
        refuseDense(countMarks(bytes), MAX);
      }).not.toThrow();
    }
  });

  it.each([
    ['article for every 160', ARTICULOS, 625, 'artículos'],
    ['line of sales for every 1,000', LINEAS, 100, 'líneas'],
  ])('has at most one %s bytes of the limit', (_what, form, most, nombre) => {
    expect(() => {
      refuseTooMany(most, form, MAX);
    }).not.toThrow();
    expect(() => {
      refuseTooMany(most + 1, form, MAX);
    }).toThrow(`KLK contestó ${most + 1} ${nombre}, más de lo que cabe en KLK_MAX_BYTES`);
  });
});
