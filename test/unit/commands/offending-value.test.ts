import { describe, expect, it } from '@jest/globals';
import { describeOffending } from '../../../bin/commands/offending-value.ts';

const describeFila = (fila: string, motivo = 'EXISTENCIA_ILEGIBLE'): unknown =>
  describeOffending({ producto: '000001', motivo, fila });

describe('what is wrong with a refused row', () => {
  it.each([
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ', stock: 'doce' }, 'stock', '"doce"'],
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ', stock: { kg: [1, 2] } }, 'stock', '{"kg":[1,2]}'],
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ', stock: null }, 'stock', 'null'],
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ' }, 'stock', '(falta)'],
    ['EXISTENCIA_CONTRADICTORIA', { NombreProducto: 'ARROZ', stock: 3 }, 'stock', '3'],
    ['CODIGO_ILEGIBLE', { Codigo: '', NombreProducto: 'ARROZ', stock: 3 }, 'Codigo', '""'],
  ])(
    'by %s is told by its field and value, and the product by its name: %j',
    (motivo, fila, campo, valor) => {
      expect(describeFila(JSON.stringify(fila), motivo)).toEqual({
        campo,
        valor,
        nombre: 'ARROZ',
        explicacion: expect.stringMatching(new RegExp(`^.+ \\(${motivo}\\)$`)),
      });
    },
  );

  it('is the whole row where it is no article, or where nobody knows the reason', () => {
    expect(describeFila('[1,2]', 'FILA_ILEGIBLE')).toMatchObject({ campo: 'fila', valor: '[1,2]' });
    expect(describeFila('{"stock":1}', 'OTRO')).toMatchObject({ campo: 'fila', valor: '{"stock":1}' });
  });

  it.each([
    ['{"NombreProducto":"ARROZ","stock":"doce","Marca":"N/', 'ARROZ', '"doce"'],
    ['{"NombreProducto":"ARROZ","stock":"doc', 'ARROZ', '"doc…'],
    ['{"NombreProducto":"ARROZ","stock":12', 'ARROZ', '12…'],
    ['{"NombreProducto":"AR \\"stock\\":1, ROZ","Marca":"N/', 'AR \\"stock\\":1, ROZ', '(no se guardó)'],
    ['{"NombreProducto":"NNNN', 'NNNN…', '(no se guardó)'],
  ])('is found in a row of which only the beginning was kept: %s', (fila, nombre, valor) => {
    expect(describeFila(fila)).toMatchObject({ nombre, valor });
  });

  it('steers no terminal', () => {
    const fila = JSON.stringify({ NombreProducto: 'A\u009b31mB\u202e', stock: '\u009b2J' });
    expect(JSON.stringify(describeFila(fila))).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
});
