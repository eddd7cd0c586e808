import { describe, expect, it } from '@jest/globals';
import { transformVentas } from '../../../lambdas/ventas-klk/transform/transform-ventas.ts';
import type { LineaRow, Transformed } from '../../../lambdas/ventas-klk/transform/rows.ts';
import { lineaKlk } from '../../fixtures/klk/linea.ts';

const TRAMO = { tienda: 'tienda_01', dia: '2025-11-17', desde: '12:00', hasta: '13:00' };
const TIENDAS = new Map([
  ['APP-TPF', 'tienda_01'],
  ['TPAR', 'tienda_18'],
]);

const transform = (filas: readonly unknown[], tramo = TRAMO): Transformed =>
  transformVentas(filas, { tramo, tiendaDeAlmacen: TIENDAS });

/** The only row that comes of a line. */
function rowOf(fila: unknown): LineaRow {
  const { lineas, rechazos } = transform([fila]);
  const [row] = lineas;
  if (row === undefined) throw new Error(`rejected: ${JSON.stringify(rechazos)}`);
  return row;
}

const motivosOf = (...filas: readonly unknown[]): string[] =>
  transform(filas).rechazos.map(({ motivo }) => motivo);

const at = (hora: unknown): unknown => lineaKlk({ linea: { hora } });

describe('the documented line', () => {
  it('becomes a row of ventas, no discount and no weight being null', () => {
    expect(rowOf(lineaKlk())).toEqual({
      numero_factura: 'C10-01-00008064',
      linea: 1,
      fecha_venta: '2025-11-17T12:19:56.896614-04:00',
      almacen_codigo: 'APP-TPF',
      almacen_nombre: 'PISO DE VENTA',
      producto_id: '001853',
      codigo_barras: '7592396004005',
      cantidad_vendida: '1',
      peso_unitario: null,
      peso_calculado: null,
      unidad_medida_venta: 'UNIDAD',
      factor_unidad_medida: '1',
      total_cantidad_por_unidad_medida: '1',
      precio_unitario: '0.974138',
      costo_unitario: '1',
      venta_total: '0.974138',
      costo_total: '1',
      utilidad_bruta: '-0.03',
      tasa_usd: '236.46',
      precio_unitario_bs: '230.35',
      venta_total_bs: '230.35',
      costo_total_bs: '223.96',
      impuesto_porcentaje: '16',
      impuesto_monto: '36.856',
      descuento_porcentaje: null,
      descuento_monto: null,
      descuento_fidelizacion_porcentaje: null,
      descuento_fidelizacion_monto: null,
      descuento_forma_pago_porcentaje: null,
      descuento_forma_pago_monto: null,
      total_factura: '1158.67',
      es_no_fiscal: false,
      codigo_promocion: null,
    });
  });

  it('becomes a row of productos', () => {
    expect(transform([lineaKlk()]).productos).toEqual([
      {
        codigo: '001853',
        codigo_barras: '7592396004005',
        nombre: 'NECTAR DE PERA 250 ML',
        descripcion: 'NECTAR DE PERA 250 ML',
        categoria: 'NECTARES Y JUGOS',
        grupo_articulo: 'BEBIDAS',
        subgrupo: 'NECTAR DE FRUTA',
        marca: 'NATULAC',
        modelo: null,
      },
    ]);
  });

  it('is counted, and has no field that nobody knows', () => {
    expect(transform([lineaKlk()])).toMatchObject({
      extraidos: 1,
      rechazos: [],
      duplicados: 0,
      identidadIlegible: false,
      camposDesconocidos: [],
    });
  });
});

describe('an answer without lines', () => {
  it('is believed, and has a fingerprint of its own', () => {
    expect(transform([])).toMatchObject({ extraidos: 0, lineas: [], productos: [], rechazos: [] });
    expect(transform([]).huella).not.toBe(transform([lineaKlk()]).huella);
  });
});

describe('the number of a line', () => {
  it.each([
    [0, 0],
    [7, 7],
    ['7', 7],
    ['007', 7],
    [32_767, 32_767],
  ])('may be %j', (linea, expected) => {
    expect(rowOf(lineaKlk({ linea: { linea } })).linea).toBe(expected);
  });

  it.each([1.5, -1, '', 'uno', null, undefined, 32_768, '1e3', [1], true])(
    'is unreadable when it is %j, and then no other line may be taken for gone',
    (linea) => {
      expect(transform([lineaKlk({ linea: { linea } })])).toMatchObject({
        lineas: [],
        rechazos: [
          { motivo: 'LINEA_ILEGIBLE', numeroFactura: 'C10-01-00008064', linea: null, producto: '001853' },
        ],
        identidadIlegible: true,
      });
    },
  );
});

describe('the number of an invoice', () => {
  it.each([undefined, null, '', 'N/A', 8064, 'C10\0', 'C10​', 'x'.repeat(201)])(
    'is unreadable when it is %j, and then no other line may be taken for gone',
    (numero_factura) => {
      expect(transform([lineaKlk({ linea: { numero_factura } })])).toMatchObject({
        rechazos: [{ motivo: 'FACTURA_ILEGIBLE', numeroFactura: null, linea: 1 }],
        identidadIlegible: true,
      });
    },
  );

  it('keeps its zeros and loses the blanks around it', () => {
    expect(rowOf(lineaKlk({ linea: { numero_factura: ' 000123 ' } })).numero_factura).toBe('000123');
  });
});

describe('the time of a line', () => {
  it.each([
    ['12:00:00', '12:00:00.000000'],
    ['12:59:59.9999999', '12:59:59.999999'],
    ['12:19:56.8', '12:19:56.800000'],
    ['12:19:56.0000009', '12:19:56.000000'],
    [' 12:19:56 ', '12:19:56.000000'],
  ])('is cut to microseconds, never rounded: %s', (hora, expected) => {
    expect(rowOf(at(hora)).fecha_venta).toBe(`2025-11-17T${expected}-04:00`);
  });

  it.each([
    '12:60:00',
    '24:00:00',
    '12:19',
    '12:19:60',
    '12.19.56',
    '12:19:56,8',
    '',
    'N/A',
    null,
    undefined,
    12,
  ])('is unreadable, and never now, when it is %j', (hora) => {
    expect(motivosOf(at(hora))).toEqual(['FECHA_ILEGIBLE']);
    expect(transform([at(hora)]).identidadIlegible).toBe(false);
  });

  it('that is the second with which the next slice begins leaves the line to that slice, uncounted', () => {
    expect(transform([at('13:00:00'), at('13:00:00.9999999'), lineaKlk()])).toMatchObject({
      extraidos: 1,
      rechazos: [],
    });
  });

  it.each(['11:59:59.9999999', '13:00:01', '00:00:00', '23:59:59'])(
    'outside of the slice refuses the whole answer: %s',
    (hora) => {
      expect(() => transform([lineaKlk(), at(hora)])).toThrow(
        expect.objectContaining({
          codigo: 'KLK_OTRO_TRAMO',
          message: expect.stringContaining(`contestó una línea de 2025-11-17 ${hora.slice(0, 8)}`),
        }),
      );
    },
  );

  it('may be the last of the day', () => {
    const tramo = { ...TRAMO, desde: '22:00', hasta: '24:00' };

    expect(transform([at('23:59:59.9999999')], tramo).lineas).toMatchObject([
      { fecha_venta: '2025-11-17T23:59:59.999999-04:00' },
    ]);
  });
});

describe('the date of a line', () => {
  it.each([
    '2025-02-30',
    '2025-13-01',
    '17/11/2025',
    '2025-11-17T00:00:00',
    '',
    'N/A',
    null,
    undefined,
    20_251_117,
  ])('is unreadable, and never today, when it is %j', (fecha) => {
    expect(motivosOf(lineaKlk({ linea: { fecha } }))).toEqual(['FECHA_ILEGIBLE']);
  });

  it.each(['2025-11-16', '2025-11-18', ' 2024-02-29 '])(
    'of another day refuses the whole answer: %s',
    (fecha) => {
      expect(() => transform([lineaKlk(), lineaKlk({ linea: { fecha, hora: 'N/A' } })])).toThrow(
        expect.objectContaining({ codigo: 'KLK_OTRO_TRAMO', message: expect.stringContaining(fecha.trim()) }),
      );
    },
  );
});

describe('the warehouse of a line', () => {
  it('may be one that the catalogue does not have, or none', () => {
    expect(rowOf(lineaKlk({ cantidad: { codigo_almacen: 'MERMA' } })).almacen_codigo).toBe('MERMA');
    for (const codigo_almacen of ['', 'N/A', null, undefined]) {
      expect(rowOf(lineaKlk({ cantidad: { codigo_almacen } })).almacen_codigo).toBeNull();
    }
  });

  it.each(['TPAR', ' TPAR '])('of another store refuses the whole answer: %j', (codigo_almacen) => {
    expect(() => transform([lineaKlk(), lineaKlk({ cantidad: { codigo_almacen } })])).toThrow(
      expect.objectContaining({
        codigo: 'KLK_OTRO_ALMACEN',
        message:
          'Se pidieron las ventas de tienda_01 y KLK contestó una línea del almacén TPAR, que es de tienda_18',
      }),
    );
  });

  it('of another store refuses the answer even when the rest of the line is unreadable', () => {
    const fila = lineaKlk({
      linea: { numero_factura: null, producto: [] },
      cantidad: { codigo_almacen: 'TPAR' },
    });

    expect(() => transform([fila])).toThrow(expect.objectContaining({ codigo: 'KLK_OTRO_ALMACEN' }));
  });

  it.each(['APP-TPF\0', 'APP​-TPF', 5])('sets the line apart when it is unreadable: %j', (codigo_almacen) => {
    expect(motivosOf(lineaKlk({ cantidad: { codigo_almacen } }))).toEqual(['ALMACEN_ILEGIBLE']);
  });
});

describe('the article of a line', () => {
  it.each([undefined, null, '', 'N/A', 1_853, '001853\0', '001​853'])(
    'sets the line apart, and is never UNKNOWN, when its code is %j',
    (codigo_producto) => {
      expect(transform([lineaKlk({ producto: { codigo_producto } })])).toMatchObject({
        rechazos: [{ motivo: 'CODIGO_ILEGIBLE', numeroFactura: 'C10-01-00008064', linea: 1, producto: null }],
        identidadIlegible: false,
        productos: [],
      });
    },
  );

  it('goes by its code, and has a category, when it has no name', () => {
    const producto = { descripcion_producto: 'N/A', categoria_producto: ' ' };

    expect(transform([lineaKlk({ producto })]).productos).toMatchObject([
      { codigo: '001853', nombre: '001853', descripcion: null, categoria: 'SIN CATEGORIA' },
    ]);
  });

  it('is one row, whatever its lines call it and in whatever order they come', () => {
    const filas = ['PERA', 'MANZANA', 'UVA'].map((descripcion_producto, linea) =>
      lineaKlk({ linea: { linea }, producto: { descripcion_producto } }),
    );

    expect(transform(filas).productos).toMatchObject([{ nombre: 'MANZANA' }]);
    expect(transform(filas.toReversed()).productos).toEqual(transform(filas).productos);
  });

  it('is not created for a line that was rejected', () => {
    expect(transform([lineaKlk({ cantidad: { cantidad_vendida: 'abc' } })]).productos).toEqual([]);
  });
});

describe('a number of a line', () => {
  it.each([
    [1.5, '1.5'],
    ['1.50', '1.5'],
    [-2, '-2'],
    [0, '0'],
    ['0.123456789012345678', '0.123456789012345678'],
  ])('keeps all its digits in one spelling: %j', (cantidad_vendida, expected) => {
    expect(rowOf(lineaKlk({ cantidad: { cantidad_vendida } })).cantidad_vendida).toBe(expected);
  });

  it.each([undefined, null, '', 'N/A', '1.234,56', 'abc', 1e9, NaN])(
    'is never 0 when it is needed and is %j',
    (value) => {
      expect(motivosOf(lineaKlk({ cantidad: { cantidad_vendida: value } }))).toEqual(['CANTIDAD_ILEGIBLE']);
      expect(motivosOf(lineaKlk({ financiero: { venta_total_usd: value } }))).toEqual(['VENTA_ILEGIBLE']);
    },
  );

  it.each([undefined, null, '', ' ', 'N/A'])('is null when it is not needed and is %j', (value) => {
    const row = rowOf(
      lineaKlk({
        linea: { tasa_usd: value, total_factura: value, es_no_fiscal: value },
        cantidad: { peso_unitario: value },
        financiero: { costo_total_usd: value, impuesto_monto: value, monto_descuento: value },
      }),
    );

    expect(row).toMatchObject({
      tasa_usd: null,
      total_factura: null,
      es_no_fiscal: null,
      peso_unitario: null,
      costo_total: null,
      impuesto_monto: null,
      descuento_monto: null,
    });
  });

  it.each(['1.234,56', 'abc', {}, [1], 1e12])(
    'sets the line apart when it is there and unreadable: %j',
    (value) => {
      for (const cambios of [
        { linea: { tasa_usd: value } },
        { linea: { total_factura: value } },
        { cantidad: { factor_unidad_medida: value } },
        { financiero: { costo_unitario_usd: value } },
        { financiero: { monto_descuento: value } },
      ]) {
        expect(motivosOf(lineaKlk(cambios))).toEqual(['VALOR_ILEGIBLE']);
      }
    },
  );

  it('may have twelve digits in bolivars, and nine else', () => {
    expect(rowOf(lineaKlk({ linea: { total_factura: 999_999_999_999 } })).total_factura).toBe('999999999999');
    expect(motivosOf(lineaKlk({ financiero: { costo_total_usd: 1_000_000_000 } }))).toEqual([
      'VALOR_ILEGIBLE',
    ]);
  });

  it('is kept when it is a weight', () => {
    const cantidad = { peso_unitario: 1, peso_calculado: '-0.530' };

    expect(rowOf(lineaKlk({ cantidad }))).toMatchObject({ peso_unitario: '1', peso_calculado: '-0.53' });
    expect(motivosOf(lineaKlk({ cantidad: { peso_calculado: 'abc' } }))).toEqual(['VALOR_ILEGIBLE']);
  });

  it('is kept when it is a discount', () => {
    const financiero = {
      porcentaje_descuento: '10.0',
      monto_descuento: 2.5,
      monto_descuento_fidelizacion: '0.00',
    };

    expect(rowOf(lineaKlk({ financiero }))).toMatchObject({
      descuento_porcentaje: '10',
      descuento_monto: '2.5',
      descuento_fidelizacion_monto: null,
    });
  });
});

describe('whether a line is not fiscal', () => {
  it.each(['true', 'si', 1, {}])('sets the line apart when it is unreadable: %j', (es_no_fiscal) => {
    expect(motivosOf(lineaKlk({ linea: { es_no_fiscal } }))).toEqual(['VALOR_ILEGIBLE']);
  });
});

describe('a line that is no line', () => {
  it.each([null, 5, 'x', [], [lineaKlk()], true])('is set apart, its identity unknown: %j', (fila) => {
    expect(transform([fila])).toMatchObject({
      extraidos: 1,
      rechazos: [{ motivo: 'FILA_ILEGIBLE', numeroFactura: null, linea: null, producto: null }],
      identidadIlegible: true,
    });
  });

  it.each(['producto', 'cantidad', 'financiero'])(
    'is set apart, its identity known, when its %s is anything but a list of one object',
    (part) => {
      for (const value of [undefined, null, [], [null], ['x'], [[]], [{}, {}], {}, 'x']) {
        expect(transform([lineaKlk({ linea: { [part]: value } })])).toMatchObject({
          rechazos: [{ motivo: 'FILA_ILEGIBLE', numeroFactura: 'C10-01-00008064', linea: 1 }],
          identidadIlegible: false,
        });
      }
    },
  );

  it('is kept as text, a thousand times at most', () => {
    const { rechazos } = transform(Array.from({ length: 1_001 }, () => null));

    expect(rechazos[999]?.fila).toBe('null');
    expect(rechazos[1_000]?.fila).toBe('');
  });
});

describe('lines of one number', () => {
  it('are one when they are equal, however their numbers are spelt', () => {
    const again = lineaKlk({ cantidad: { cantidad_vendida: '1.00' }, linea: { hora: '12:19:56.8966149' } });

    expect(transform([lineaKlk(), again, lineaKlk()])).toMatchObject({
      extraidos: 3,
      lineas: [{ linea: 1 }],
      duplicados: 2,
      rechazos: [],
    });
  });

  it('are all set apart when they differ', () => {
    const other = lineaKlk({ cantidad: { cantidad_vendida: 2 } });

    expect(transform([lineaKlk(), other, lineaKlk()])).toMatchObject({
      extraidos: 3,
      lineas: [],
      duplicados: 0,
      rechazos: Array.from({ length: 3 }, () => ({
        motivo: 'LINEA_CONTRADICTORIA',
        numeroFactura: 'C10-01-00008064',
        linea: 1,
        producto: '001853',
      })),
      identidadIlegible: false,
    });
  });

  it('are all set apart when one of them cannot be read', () => {
    expect(motivosOf(lineaKlk(), lineaKlk({ cantidad: { cantidad_vendida: null } }))).toEqual([
      'LINEA_CONTRADICTORIA',
      'CANTIDAD_ILEGIBLE',
    ]);
  });
});

describe('fields that nobody knows', () => {
  it('are named, with the part in which they are', () => {
    const fila = lineaKlk({
      linea: { cajero: 'x' },
      producto: { color: 'x' },
      cantidad: { lote: 'x' },
      financiero: { iva: 1 },
    });

    expect(transform([fila, fila]).camposDesconocidos).toEqual([
      'cajero',
      'cantidad.lote',
      'financiero.iva',
      'producto.color',
    ]);
  });
});
