import { describe, expect, it } from '@jest/globals';
import { findTienda, parseDesde } from '../../../bin/program/asking.ts';
import { suggest } from '../../../lambdas/core/config/suggest.ts';
import { BOSQUE, PERIFERICO } from '../../support/snapshots.ts';

const refusal = (problema: string): unknown =>
  expect.objectContaining({ name: 'ConfiguracionInvalida', problemas: [expect.stringContaining(problema)] });

describe('--desde', () => {
  it.each([
    ['2026-11-24', '2026-11-24T00:00'],
    ['2026-11-24T08:30', '2026-11-24T08:30'],
    ['2028-02-29', '2028-02-29T00:00'],
  ])('accepts a day or a moment: %s', (text, moment) => {
    expect(parseDesde(text)).toBe(moment);
  });

  it.each([
    'ayer',
    '',
    '2026-02-30',
    '2026-13-01',
    '24/11/2026',
    '2026-11-24T25:00',
    '2026-11-24T08:30Z',
    '0001-01-01',
  ])('refuses %j with an example of a valid value', (text) => {
    expect(() => parseDesde(text)).toThrow(refusal('escriba AAAA-MM-DD o AAAA-MM-DDTHH:MM, como 20'));
  });
});

describe('--tienda', () => {
  const catalogo = [PERIFERICO, BOSQUE];

  it('accepts the id of a store of the catalogue', () => {
    expect(findTienda('tienda_08', catalogo)).toBe(BOSQUE);
  });

  it.each([
    ['tienda_1', '¿quiso decir tienda_01?'],
    ['TIENDA_08', '¿quiso decir tienda_08?'],
    ['bosque', '¿quiso decir tienda_08?'],
    ['xyz', 'existen: tienda_01, tienda_08'],
  ])('refuses %s with the nearest id, or with all ids', (id, hint) => {
    expect(() => findTienda(id, catalogo)).toThrow(refusal(hint));
  });
});

describe('a suggestion', () => {
  it.each([
    ['estdo', '¿quiso decir estado?'],
    ['histrial', '¿quiso decir historial?'],
    ['diagnóstico', '¿quiso decir diagnostico?'],
    ['borrar', 'existen: estado, historial, diagnostico'],
  ])('for %s is the nearest known word, or all of them when none is near', (word, hint) => {
    expect(suggest(word, ['estado', 'historial', 'diagnostico'])).toBe(hint);
  });
});
