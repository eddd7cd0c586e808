import { describe, expect, it } from '@jest/globals';
import { parseFaults } from '../../../bin/program/faults.ts';
import { tiendaKlk } from '../../fixtures/klk/tienda.ts';

const TIENDAS = [tiendaKlk('UNO'), tiendaKlk('DOS', { activa: false })];

describe('--falla', () => {
  it('takes a warehouse, active or not, or *, and a fault of the simulator', () => {
    expect(parseFaults(['UNO=html', 'DOS=500', '*=goteo'], TIENDAS)).toEqual([
      { codigo: 'UNO', fault: 'html' },
      { codigo: 'DOS', fault: '500' },
      { codigo: '*', fault: 'goteo' },
    ]);
  });

  it('takes a branch and a fault of the sales', () => {
    expect(parseFaults(['SUC-UNO=horas-ignoradas', 'UNO=cortada'], TIENDAS)).toEqual([
      { codigo: 'SUC-UNO', fault: 'horas-ignoradas' },
      { codigo: 'UNO', fault: 'cortada' },
    ]);
    expect(() => parseFaults(['SUC-UNO=ceros'], TIENDAS)).toThrow(
      '--falla SUC-UNO=ceros: ceros es una falla del inventario, y SUC-UNO es una sucursal',
    );
  });

  it('is optional', () => {
    expect(parseFaults([], TIENDAS)).toEqual([]);
  });

  it.each([
    ['uno=html', '--falla uno=html: no existe el almacén ni la sucursal uno; ¿quiso decir UNO?'],
    ['=html', '--falla =html: no existe el almacén ni la sucursal ; '],
    ['UNO=HTML', '--falla UNO=HTML: no existe la falla "HTML"; '],
    ['UNO=toString', 'no existe la falla "toString"'],
    ['UNO=html=500', 'no existe la falla "html=500"'],
    ['UNO=', 'no existe la falla ""'],
    ['UNO', 'no existe la falla ""'],
  ])('is refused when it is %s', (value, problema) => {
    expect(() => parseFaults([value], TIENDAS)).toThrow(
      expect.objectContaining({ name: 'ConfiguracionInvalida', message: expect.stringContaining(problema) }),
    );
  });

  it('is refused with every problem at once', () => {
    expect(() => parseFaults(['X=html', 'UNO=y', 'Z=z'], TIENDAS)).toThrow(
      expect.objectContaining({
        problemas: [
          expect.stringContaining('no existe el almacén ni la sucursal X'),
          expect.stringContaining('no existe la falla "y"'),
          expect.stringContaining('no existe el almacén ni la sucursal Z'),
          expect.stringContaining('no existe la falla "z"'),
        ],
      }),
    );
  });

  it('is refused with the known codes and faults', () => {
    expect(() => parseFaults(['zzzzzzzz=zzzzzzzzzzzzzzzzz'], TIENDAS)).toThrow(
      /UNO, DOS, [\s\S]*goteo, infinito/,
    );
  });
});
