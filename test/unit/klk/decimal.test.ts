import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDecimal } from '../../../lambdas/core/klk/decimal.ts';

describe('a number of KLK', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [23, '23'],
    [-4, '-4'],
    [4.939655, '4.939655'],
    [-12.5, '-12.5'],
    [0.1 + 0.2, '0.30000000000000004'],
    [999_999_999, '999999999'],
    [-999_999_999.5, '-999999999.5'],
    [1.5e-7, '0.00000015'],
    [-1e-7, '-0.0000001'],
    [5.551115123125783e-17, '0.00000000000000005551115123125783'],
  ])('is read from the JSON number %p without losing a digit', (value, expected) => {
    expect(parseDecimal(value)).toBe(expected);
  });

  it.each([
    ['23', '23'],
    ['-12.5', '-12.5'],
    ['+3', '3'],
    [' 7.25 ', '7.25'],
    ['007.10', '7.1'],
    ['10', '10'],
    ['100.00', '100'],
    ['-0.000', '0'],
    ['000', '0'],
    ['0.000001', '0.000001'],
    ['1.23456789012345678901234567890', '1.2345678901234567890123456789'],
    ['999999999.999999999999999999', '999999999.999999999999999999'],
    ['0000000000999999999', '999999999'],
  ])('is read from the text %p in one canonical form', (value, expected) => {
    expect(parseDecimal(value)).toBe(expected);
  });

  it.each([
    '1.234,56',
    '1,5',
    '1 000',
    '',
    ' ',
    '.',
    '.5',
    '5.',
    '-',
    '--1',
    '1.2.3',
    '1e3',
    '1E-3',
    '0x10',
    '10n',
    '1_000',
    'abc',
    'N/A',
    'NaN',
    'Infinity',
    '-Infinity',
    '١٢',
    '１２',
    '1\n2',
    '−5',
  ])('is not read from the text %j', (value) => {
    expect(parseDecimal(value)).toBeUndefined();
  });

  it.each([null, undefined, true, false, NaN, Infinity, -Infinity, {}, [], [1], 1n])(
    'is not read from %p, which is not a number',
    (value) => {
      expect(parseDecimal(value)).toBeUndefined();
    },
  );

  it.each([1e9, -1e9, 1e20, -1e300, '1000000000', '-1000000000.0', '1000000000.000001'])(
    'is not read when it is 10^9 or more: %p',
    (value) => {
      expect(parseDecimal(value)).toBeUndefined();
    },
  );

  it('keeps as many decimals as PostgreSQL can, and refuses more', () => {
    const most = `0.${'1'.repeat(16_383)}`;

    expect(parseDecimal(most)).toBe(most);
    expect(parseDecimal(`${most}000`)).toBe(most);
    expect(parseDecimal(`${most}1`)).toBeUndefined();
  });

  it.each([
    ['zeros before', '0'.repeat(200_000) + 'x'],
    ['zeros after', `1.${'0'.repeat(200_000)}x`],
    ['zeros within', `1.${'0'.repeat(200_000)}1`],
  ])('is refused in linear time, even with hundreds of thousands of %s', (_where, value) => {
    const start = performance.now();

    expect(parseDecimal(value)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('any decimal below 10^9', () => {
  const decimal = fc.record({
    sign: fc.constantFrom('', '+', '-'),
    integer: fc.bigInt({ min: 0n, max: 999_999_999n }),
    decimals: fc.string({ unit: fc.nat({ max: 9 }).map(String), minLength: 1, maxLength: 40 }),
    zeros: fc.nat({ max: 5 }),
  });

  /** The value in units of 10^-60, exactly. */
  const scaled = (text: string): bigint => {
    const [, sign, integer = '', decimals = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    const magnitude = BigInt(integer) * 10n ** 60n + BigInt(decimals.padEnd(60, '0'));
    return sign === '-' ? -magnitude : magnitude;
  };

  it('keeps its value, in the one form that PostgreSQL would write too', () => {
    fc.assert(
      fc.property(decimal, ({ sign, integer, decimals, zeros }) => {
        const text = `${sign}${'0'.repeat(zeros)}${integer}.${decimals}`;
        const parsed = parseDecimal(text) ?? 'nothing';

        expect(parsed).toMatch(/^(?:0|-?[1-9]\d{0,8}|-?(?:0|[1-9]\d{0,8})\.\d*[1-9])$/);
        expect(scaled(parsed)).toBe(scaled(text));
        expect(parseDecimal(parsed)).toBe(parsed);
      }),
    );
  });

  it('is the same as number and as text', () => {
    fc.assert(
      fc.property(fc.double({ min: -999_999_999, max: 999_999_999, noNaN: true }), (value) => {
        expect(Number(parseDecimal(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
