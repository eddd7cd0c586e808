import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { readCursor, writeCursor } from '../../../lambdas/consultas/cursor.ts';

const Key = z.tuple([z.string().nullable(), z.string()]);

const attempt = (cursor: string, question = 'pregunta'): unknown => {
  try {
    return readCursor(cursor, Key, question);
  } catch (error) {
    return error;
  }
};

describe('a cursor', () => {
  it('gives the key that it was written with, to the same question', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'grapheme' })), fc.string(), fc.string(), (a, b, question) => {
        expect(attempt(writeCursor([a, b], question), question)).toEqual([a, b]);
      }),
    );
  });

  it('gives nothing to another question', () => {
    expect(attempt(writeCursor(['a', 'b'], 'pregunta'), 'otra')).toMatchObject({
      type: 'parametros-invalidos',
    });
  });

  it('gives nothing when one character is another, missing or too many', () => {
    const cursor = writeCursor(['ñandú', '000001'], 'pregunta');
    const changes = fc.oneof(
      fc
        .tuple(
          fc.nat(cursor.length - 1),
          fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '=', '+', '/', ' '),
        )
        .map(([at, other]) => cursor.slice(0, at) + other + cursor.slice(at + 1)),
      fc.nat(cursor.length - 1).map((at) => cursor.slice(0, at) + cursor.slice(at + 1)),
      fc.string({ minLength: 1 }).map((more) => cursor + more),
    );
    fc.assert(
      fc.property(
        changes.filter((changed) => changed !== cursor),
        (changed) => {
          expect(attempt(changed)).toMatchObject({ type: 'parametros-invalidos' });
        },
      ),
    );
  });

  it('gives nothing when its key has another shape', () => {
    for (const key of [null, 'a', ['a'], ['a', 1], ['a', 'b', 'c'], { 0: 'a' }]) {
      expect(attempt(writeCursor(key, 'pregunta'))).toMatchObject({ type: 'parametros-invalidos' });
    }
  });

  it('gives nothing when it is an arbitrary text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.constant('A'.repeat(10_000))), (text) => {
        expect(attempt(text)).toMatchObject({ type: 'parametros-invalidos' });
      }),
    );
  });
});
