import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { excerpt } from '../../lambdas/core/errors/excerpt.ts';

describe('an excerpt of a foreign text', () => {
  it.each([
    ['  Servicio no\r\n\tdisponible  ', 'Servicio no disponible'],
    ['\u001b[31mROJO\u0000', '[31mROJO'],
    ['AL REV\u202eÉS', 'AL REV ÉS'],
    ['', '(vacío)'],
    ['\u0000\n', '(vacío)'],
  ])('is one line of visible characters: %j', (text, expected) => {
    expect(excerpt(text)).toBe(expected);
  });

  it('never cuts a character in half', () => {
    expect(excerpt(`${'x'.repeat(199)}🥑`)).toBe(`${'x'.repeat(199)}\ufffd`);
  });

  it('has 200 characters at most, and no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(excerpt(text)).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\n]{1,200}$/u);
      }),
    );
  });
});
