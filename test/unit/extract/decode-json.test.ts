import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeJson } from '../../../lambdas/core/klk/decode-json.ts';

describe('the text of an answer', () => {
  it('is JSON, every character kept', () => {
    const value = { nombre: 'ÑAME "EL ÁVILA" 🥑 \u0000\ud800', vacio: '', lista: [1, null, true] };

    expect(decodeJson(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    ['', '(vacío)'],
    [' \n', '(vacío)'],
    ['{"meta":{"total_articulos":2},"articulos":[{"Cod', '{"meta":{"total_articulos":2},"articulos":[{"Cod'],
    ['<!DOCTYPE html>\n<h1>502</h1>', '<!DOCTYPE html> <h1>502</h1>'],
    ['[1] x', '[1] x'],
    ['NaN', 'NaN'],
    ["{'a':1}", "{'a':1}"],
    ['\u001b[31m\u0000ROJO', '[31m ROJO'],
  ])('is refused when it is not JSON, and quoted without control characters: %j', (text, quoted) => {
    expect(() => decodeJson(text)).toThrow(
      expect.objectContaining({ codigo: 'KLK_CONTRATO', message: `KLK no contestó JSON: ${quoted}` }),
    );
  });

  it('is quoted with 200 characters at most', () => {
    expect(() => decodeJson(`<${'x'.repeat(5000)}`)).toThrow(
      expect.objectContaining({ message: `KLK no contestó JSON: <${'x'.repeat(199)}` }),
    );
  });

  it('may be the JSON null, which the check of the answer refuses', () => {
    expect(decodeJson('null')).toBeNull();
  });
});

describe('a number', () => {
  it.each(['0', '-4.5', '4.939655', '1e3', '-1.5E-7', '999999999.99999'])('stays a number: %s', (text) => {
    expect(decodeJson(`[${text}]`)).toEqual([Number(text)]);
  });

  it.each([
    '4.9396550000000001',
    '-123456789.12345678901234567890',
    '12345678901234567890',
    '0.10000000000000000000',
  ])('with more digits than a double holds is kept as text: %s', (text) => {
    expect(decodeJson(`{"stock":${text},"Iva":16}`)).toEqual({ stock: text, Iva: 16 });
  });

  it('with an exponent is read as a double', () => {
    expect(decodeJson('[5.551115123125783e-17]')).toEqual([5.551115123125783e-17]);
  });

  it('inside a text stays text', () => {
    const value = { Barra: '12345678901234567890', NombreProducto: '{"stock": 4.9396550000000001}' };

    expect(decodeJson(JSON.stringify(value))).toEqual(value);
  });

  it('keeps its value, however many digits it has', () => {
    const digits = fc.string({ unit: fc.nat({ max: 9 }).map(String), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), digits, (negative, integer, decimals) => {
        const text = `${negative ? '-' : ''}${integer}.${decimals}`;
        const value = decodeJson(text);

        // A double holds fifteen digits: with those it gives the text back.
        if (typeof value === 'number') expect(value.toPrecision(15)).toBe(Number(text).toPrecision(15));
        else expect(value).toBe(text);
        expect(typeof value).toBe(text.replace('-', '').length < 16 ? 'number' : 'string');
      }),
    );
  });
});
