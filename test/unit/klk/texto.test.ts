import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCodigo, parseTexto } from '../../../lambdas/core/klk/texto.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('N', '/', 'A', ' ', '\0', '\n', '\ud800', 'é') }),
);

describe('a text of KLK', () => {
  it.each(['N/A', ' N/A ', '', '   ', '\t\r\n', '\u00a0', null, undefined])(
    'is NULL when it is %j',
    (value) => {
      expect(parseTexto(value)).toEqual({ valor: null, limpiado: false });
    },
  );

  it.each(['n/a', 'N / A', 'N/A.', 'NA', '0', '-'])('is kept when it is %j', (value) => {
    expect(parseTexto(value)).toEqual({ valor: value, limpiado: false });
  });

  it('is trimmed, and not changed inside', () => {
    expect(parseTexto('  CAFÉ  "EL ÁVILA" 🥑 \n')).toEqual({
      valor: 'CAFÉ  "EL ÁVILA" 🥑',
      limpiado: false,
    });
  });

  it.each([
    ['CAFÉ\0MOLIDO', 'CAFÉ MOLIDO'],
    ['CAFÉ\u0007\u001b\r\nMOLIDO', 'CAFÉ MOLIDO'],
    ['CAFÉ \ud800 MOLIDO', 'CAFÉ \ufffd MOLIDO'],
    ['\u0085CAFÉ\u007f', 'CAFÉ'],
    ['N/A\0', null],
    ['\0\u0001', null],
  ])(
    'loses characters that a database or a screen cannot hold, and counts as cleaned: %j',
    (value, valor) => {
      expect(parseTexto(value)).toEqual({ valor, limpiado: true });
    },
  );

  it.each([10, 0, true, false, {}, ['CAFÉ']])(
    'is NULL and counts as cleaned when it is not a text: %j',
    (value) => {
      expect(parseTexto(value)).toEqual({ valor: null, limpiado: true });
    },
  );

  it('may be 10 kB long', () => {
    const nombre = 'Ñ'.repeat(10_240);

    expect(parseTexto(nombre)).toEqual({ valor: nombre, limpiado: false });
  });

  it('is well-formed and trimmed, has no control character, and is never a form of "no value"', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const { valor } = parseTexto(value);

        expect(valor === null || /^(?! )[^\p{Cc}\p{Cs}]+(?<! )$/u.test(valor)).toBe(true);
        expect(valor).not.toBe('N/A');
      }),
    );
  });

  it('is not changed by cleaning it again', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const { valor } = parseTexto(value);

        expect(parseTexto(valor)).toEqual({ valor, limpiado: false });
      }),
    );
  });
});

describe('an article code', () => {
  it.each([
    ['000001', '000001'],
    [' 000001\n', '000001'],
    ['\ufeff000001\u00a0', '000001'],
    ['A 01', 'A 01'],
    ['ab-01', 'ab-01'],
    ['AB-01', 'AB-01'],
    ['1', '1'],
    ['Ñ'.repeat(200), 'Ñ'.repeat(200)],
  ])('is trimmed, and keeps padding and case: %j', (value, expected) => {
    expect(parseCodigo(value)).toBe(expected);
  });

  it.each([
    1,
    null,
    undefined,
    true,
    ['000001'],
    '',
    '  ',
    'N/A',
    '000001\0',
    '0000\u000701',
    '\ud80000001',
    '0'.repeat(201),
    '000\u200b001',
    '\u2060000001',
    '000001\u200d',
    '0000\u00ad01',
    '\u202e100000',
    '\u2066000001\u2069',
    '\u200f000001',
    '0000\ufe0f01',
    '0000\u034f01',
    '\u3164000001',
    '0000\u280001',
    '000\u00a0001',
    '000\u2003001',
    '000\u2028001',
    '\ue000000001',
    '\u{e0041}000001',
    'N\u0303-01',
  ])('is refused when it is no text, empty, or holds invisible characters: %j', (value) => {
    expect(parseCodigo(value)).toBeUndefined();
  });
});
