import { describe, expect, it } from '@jest/globals';
import { describeOffending, describeOffendingVenta } from '../../../bin/output/offending-value.ts';
import { MOTIVOS_RECHAZO_VENTA } from '../../../lambdas/ventas-klk/transform/rows.ts';
import { describeFila as abridge } from '../../../lambdas/core/errors/describe-fila.ts';
import { lineaKlk } from '../../fixtures/klk/linea.ts';

const describeFila = (fila: string, motivo = 'EXISTENCIA_ILEGIBLE'): unknown =>
  describeOffending({ producto: '000001', motivo, fila });

describe('the explanation of a rejected row', () => {
  it.each([
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ', stock: 'doce' }, 'stock', '"doce"'],
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ', stock: { kg: [1, 2] } }, 'stock', '{"kg":[1,2]}'],
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ', stock: null }, 'stock', 'null'],
    ['EXISTENCIA_ILEGIBLE', { NombreProducto: 'ARROZ' }, 'stock', '(falta)'],
    ['EXISTENCIA_CONTRADICTORIA', { NombreProducto: 'ARROZ', stock: 3 }, 'stock', '3'],
    ['CODIGO_ILEGIBLE', { Codigo: '', NombreProducto: 'ARROZ', stock: 3 }, 'Codigo', '""'],
  ])('for %s names field, value and product: %j', (motivo, fila, campo, valor) => {
    expect(describeFila(JSON.stringify(fila), motivo)).toEqual({
      campo,
      valor,
      nombre: 'ARROZ',
      explicacion: expect.stringMatching(new RegExp(`^.+ \\(${motivo}\\)$`)),
    });
  });

  it('shows the whole row when it is not an article or the reason is unknown', () => {
    expect(describeFila('[1,2]', 'FILA_ILEGIBLE')).toMatchObject({ campo: 'fila', valor: '[1,2]' });
    expect(describeFila('{"stock":1}', 'OTRO')).toMatchObject({ campo: 'fila', valor: '{"stock":1}' });
  });

  it.each([
    ['{"NombreProducto":"ARROZ","stock":"doce","Marca":"N/', 'ARROZ', '"doce"'],
    ['{"NombreProducto":"ARROZ","stock":"doc', 'ARROZ', '"doc…'],
    ['{"NombreProducto":"ARROZ","stock":12', 'ARROZ', '12…'],
    ['{"NombreProducto":"AR \\"stock\\":1, ROZ","Marca":"N/', 'AR \\"stock\\":1, ROZ', '(no se guardó)'],
    ['{"NombreProducto":"NNNN', 'NNNN…', '(no se guardó)'],
  ])('is possible when only the beginning of the row was kept: %s', (fila, nombre, valor) => {
    expect(describeFila(fila)).toMatchObject({ nombre, valor });
  });

  it('has no control characters of a terminal', () => {
    const fila = JSON.stringify({ NombreProducto: 'A\u009b31mB\u202e', stock: '\u009b2J' });
    expect(JSON.stringify(describeFila(fila))).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
});

describe('The explanation of a rejected line of sales', () => {
  const describeVenta = (motivo: string, fila: unknown): unknown =>
    describeOffendingVenta({ motivo, fila: abridge(fila) });

  it.each([
    ['CANTIDAD_ILEGIBLE', { cantidad: { cantidad_vendida: 'abc' } }, 'cantidad_vendida', '"abc"'],
    ['VENTA_ILEGIBLE', { financiero: { venta_total_usd: null } }, 'venta_total_usd', 'null'],
    ['FECHA_ILEGIBLE', { linea: { hora: '25:00' } }, 'hora', '"25:00"'],
    ['FACTURA_ILEGIBLE', { linea: { numero_factura: '' } }, 'numero_factura', '""'],
    ['CODIGO_ILEGIBLE', { producto: { codigo_producto: 7 } }, 'codigo_producto', '7'],
  ] as const)('For %s it names field, value and product', (motivo, cambios, campo, valor) => {
    expect(describeVenta(motivo, lineaKlk(cambios))).toEqual({
      campo,
      valor,
      nombre: 'NECTAR DE PERA 250 ML',
      explicacion: expect.stringMatching(new RegExp(`^.+ \\(${motivo}\\)$`)),
    });
  });

  it.each(MOTIVOS_RECHAZO_VENTA)('It exists for every reason: %s', (motivo) => {
    expect(describeVenta(motivo, lineaKlk())).toMatchObject({
      explicacion: expect.not.stringContaining('otra versión'),
    });
  });

  it('It shows the whole line when the line is not an object', () => {
    expect(describeVenta('FILA_ILEGIBLE', [1, 2])).toMatchObject({
      campo: 'fila',
      valor: '[1,2]',
      nombre: undefined,
    });
  });
});
