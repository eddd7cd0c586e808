import { describe, expect, it } from '@jest/globals';
import { compareLineas } from '../../../bin/commands/compare-ventas.ts';
import { transformVentas } from '../../../lambdas/ventas-klk/transform/transform-ventas.ts';
import type { LineaRow } from '../../../lambdas/ventas-klk/transform/rows.ts';
import { lineaKlk } from '../../fixtures/klk/linea.ts';

const TRAMO = { tienda: 'tienda_01', dia: '2025-11-17', desde: '12:00', hasta: '13:00' };

const linea = (numero: number, cambios: Partial<LineaRow> = {}): LineaRow => {
  const filas = [lineaKlk({ linea: { linea: numero } })];
  const [row] = transformVentas(filas, { tramo: TRAMO, tiendaDeAlmacen: new Map() }).lineas;
  if (row === undefined) throw new Error('the documented line can be read');
  return { ...row, ...cambios };
};

const FACTURA = linea(1).numero_factura;

describe('A comparison of KLK with the database', () => {
  it('The same lines in another order are equal', () => {
    expect(compareLineas([linea(1), linea(2)], [linea(2), linea(1)], [])).toEqual({
      iguales: 2,
      faltan: [],
      sobran: [],
      distintas: [],
    });
  });

  it('It lists missing lines, extra lines, and each column that differs', () => {
    const changed = linea(2, { venta_total: '7', descuento_monto: '1' });
    expect(compareLineas([linea(1), changed], [linea(2), linea(3)], [])).toEqual({
      iguales: 0,
      faltan: [{ factura: FACTURA, linea: 1 }],
      sobran: [{ factura: FACTURA, linea: 3 }],
      distintas: [
        {
          factura: FACTURA,
          linea: 2,
          diferencias: [
            { columna: 'venta_total', klk: '7', base: linea(2).venta_total },
            { columna: 'descuento_monto', klk: '1', base: null },
          ],
        },
      ],
    });
  });

  it.each([
    ['the same line', { numeroFactura: FACTURA, linea: 3 }, 0],
    ['a line of the same invoice whose number cannot be read', { numeroFactura: FACTURA, linea: null }, 0],
    ['any line', { numeroFactura: null, linea: null }, 0],
    ['another line', { numeroFactura: FACTURA, linea: 9 }, 1],
  ])(
    'A line of the database is not extra when an unreadable line of KLK may be the same one: %s',
    (_title, apartada, extra) => {
      expect(compareLineas([], [linea(3)], [apartada]).sobran).toHaveLength(extra);
    },
  );
});
