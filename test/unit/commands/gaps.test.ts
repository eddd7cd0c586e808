import { describe, expect, it } from '@jest/globals';
import { findGaps } from '../../../bin/commands/gaps.ts';
import type { TramoQueFalta } from '../../../bin/queries/read-tramos-que-faltan.ts';

const tramo = (
  tienda: string,
  dia: string,
  [desde, hasta]: readonly [string, string] = ['00:00', '24:00'],
  codigo: string | null = null,
): TramoQueFalta => ({ tienda, dia, desde, hasta, codigo, mensaje: codigo && `mensaje de ${codigo}` });

const days = (tienda: string, ...dias: readonly number[]): TramoQueFalta[] =>
  dias.map((dia) => tramo(tienda, `2026-11-${String(dia).padStart(2, '0')}`));

const brief = (tramos: readonly TramoQueFalta[]): unknown[] =>
  findGaps(tramos).map(({ tiendas, desde, hasta, horas, codigo }) => [
    tiendas.join(' '),
    desde,
    hasta,
    horas.join(' '),
    codigo,
  ]);

describe('What is missing', () => {
  it('Consecutive days of a store are one gap, and a day between two of them makes two gaps', () => {
    expect(brief(days('a', 3, 4, 5, 7))).toEqual([
      ['a', '2026-11-03', '2026-11-05', '', null],
      ['a', '2026-11-07', '2026-11-07', '00:00-24:00', null],
    ]);
  });

  it('A gap that several stores have in common is listed once', () => {
    expect(brief([...days('a', 3, 4), ...days('b', 3, 4), ...days('c', 4)])).toEqual([
      ['a b', '2026-11-03', '2026-11-04', '', null],
      ['c', '2026-11-04', '2026-11-04', '00:00-24:00', null],
    ]);
  });

  it('Adjacent hours of a day are one span', () => {
    const hours = (['08:00 09:00', '09:00 10:00', '14:00 15:00'] as const).map((span) => {
      const [desde = '', hasta = ''] = span.split(' ');
      return tramo('a', '2026-11-03', [desde, hasta]);
    });
    expect(brief(hours)).toEqual([['a', '2026-11-03', '2026-11-03', '08:00-10:00 14:00-15:00', null]]);
  });

  it('Gaps with different reasons are listed apart', () => {
    const tramos = [
      tramo('a', '2026-11-03', ['08:00', '09:00'], 'KLK_INCOMPLETA'),
      tramo('a', '2026-11-03', ['09:00', '10:00']),
    ];
    expect(findGaps(tramos).map(({ codigo, mensaje }) => [codigo, mensaje])).toEqual([
      ['KLK_INCOMPLETA', 'mensaje de KLK_INCOMPLETA'],
      [null, null],
    ]);
  });

  it('Without missing slices there is no gap', () => {
    expect(findGaps([])).toEqual([]);
  });
});
