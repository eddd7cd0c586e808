import { describe, expect, it } from '@jest/globals';
import { transformInventario } from '../../../lambdas/inventario-klk/transform/transform-inventario.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';

describe('the rows of one answer', () => {
  it('become products and inventory in the order of their codes', () => {
    const filas = ['b', '000002', 'B', '000010', '1'].map((Codigo) => articulo({ Codigo }));

    const { productos, inventario } = transformInventario(filas);

    expect(productos.map(({ codigo }) => codigo)).toEqual(['000002', '000010', '1', 'B', 'b']);
    expect(inventario.map(({ producto_id }) => producto_id)).toEqual(['000002', '000010', '1', 'B', 'b']);
  });

  it('may be none', () => {
    expect(transformInventario([])).toEqual({
      productos: [],
      inventario: [],
      rechazos: [],
      duplicados: 0,
      preciosIlegibles: 0,
      textosLimpiados: 0,
      camposDesconocidos: [],
    });
  });

  it('are counted when a text was cleaned or a price unreadable, the price once per row', () => {
    const filas = [
      articulo({ Codigo: '1', Precio: null, Iva: 'x' }),
      articulo({ Codigo: '2', NombreProducto: 'A\0', Marca: '\u0001B' }),
      articulo({ Codigo: '3' }),
    ];

    expect(transformInventario(filas)).toMatchObject({ preciosIlegibles: 1, textosLimpiados: 2 });
  });

  it('give every unknown field once', () => {
    const filas = [
      articulo({ Codigo: '1', Zona: 1, Proveedor: 'N/A' }),
      articulo({ Codigo: '2', Proveedor: null, precio: 3 }),
    ];

    expect(transformInventario(filas).camposDesconocidos).toEqual(['Proveedor', 'Zona', 'precio']);
  });

  it('give at most twenty unknown fields, shortened and without control characters', () => {
    const raros = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`campo ${index}`, 0]));
    const fila = articulo({ ...raros, [`A\u0000\u001b[31m${'z'.repeat(58)}🥑`]: 0 });

    const { camposDesconocidos } = transformInventario([fila]);

    expect(camposDesconocidos).toHaveLength(20);
    for (const campo of camposDesconocidos) expect(campo).toMatch(/^[^\p{Cc}\p{Cs}]{1,60}$/u);
  });
});

describe('the same code twice with the same stock', () => {
  it('is one article with the smallest barcode, and one duplicate', () => {
    const filas = [
      articulo({ Barra: '0759', NombreProducto: 'TRES' }),
      articulo({ Barra: '00010', NombreProducto: 'UNO' }),
      articulo({ Barra: '10', NombreProducto: 'DOS' }),
    ];

    expect(transformInventario(filas)).toMatchObject({
      productos: [{ codigo_barras: '00010', nombre: 'UNO' }],
      inventario: [{ cantidad: '10' }],
      rechazos: [],
      duplicados: 2,
    });
  });

  it.each(['\uffff', '\u{10ffff}', '\ud800', 'ñ'])('prefers any barcode, even %j, to none', (Barra) => {
    const filas = [articulo({ Barra: 'N/A', NombreProducto: 'SIN' }), articulo({ Barra })];

    for (const orden of [filas, filas.toReversed()]) {
      expect(transformInventario(orden).productos).toMatchObject([{ nombre: 'ROMERO KG' }]);
    }
  });

  it('is one article when its stock is the same number in another form', () => {
    const filas = [articulo({ stock: 10 }), articulo({ stock: '10.00' }), articulo({ Codigo: ' 000006 ' })];

    expect(transformInventario(filas)).toMatchObject({ inventario: [{ cantidad: '10' }], duplicados: 2 });
  });

  it('gives the same article in any order of the rows, even with one barcode', () => {
    const filas = [
      articulo({ NombreProducto: 'ROMERO', Precio: 5 }),
      articulo({ NombreProducto: 'ROMERO KG', Precio: 6 }),
      articulo({ NombreProducto: 'ROMERO', Precio: 4, Zona: 1 }),
    ];

    expect(transformInventario(filas.toReversed())).toEqual(transformInventario(filas));
  });
});

describe('an article with contradictory or unreadable rows', () => {
  it('is rejected whole when its rows disagree on the stock', () => {
    const filas = [articulo({ stock: 1 }), articulo({ stock: 2 }), articulo({ stock: 1 })];

    expect(transformInventario(filas)).toMatchObject({
      productos: [],
      inventario: [],
      duplicados: 0,
      rechazos: filas.map((fila) => ({
        codigo: '000006',
        motivo: 'EXISTENCIA_CONTRADICTORIA',
        fila: JSON.stringify(fila),
      })),
    });
  });

  it('is rejected whole when one of its rows cannot be read', () => {
    const filas = [articulo(), articulo({ stock: 'abc' }), articulo({ Codigo: '000007' })];

    const { inventario, rechazos } = transformInventario(filas);

    expect(inventario).toMatchObject([{ producto_id: '000007' }]);
    expect(rechazos).toEqual([
      { codigo: '000006', motivo: 'EXISTENCIA_CONTRADICTORIA', fila: JSON.stringify(filas[0]) },
      { codigo: '000006', motivo: 'EXISTENCIA_ILEGIBLE', fila: JSON.stringify(filas[1]) },
    ]);
  });

  it('does not affect other articles', () => {
    const filas = [
      articulo({ Codigo: '1' }),
      articulo({ Codigo: '2', stock: '' }),
      articulo({ Codigo: '3' }),
    ];

    expect(transformInventario(filas).inventario.map(({ producto_id }) => producto_id)).toEqual(['1', '3']);
  });

  it('is rejected row by row, without a code, when the code cannot be read', () => {
    const filas = [null, articulo({ Codigo: 6 }), 'fila', articulo({ Codigo: 'N/A' })];

    expect(transformInventario(filas).rechazos).toEqual([
      { codigo: null, motivo: 'FILA_ILEGIBLE', fila: 'null' },
      { codigo: null, motivo: 'CODIGO_ILEGIBLE', fila: JSON.stringify(filas[1]) },
      { codigo: null, motivo: 'FILA_ILEGIBLE', fila: '"fila"' },
      { codigo: null, motivo: 'CODIGO_ILEGIBLE', fila: JSON.stringify(filas[3]) },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may have the code %s', (Codigo) => {
    expect(transformInventario([articulo({ Codigo }), articulo({ Codigo })])).toMatchObject({
      inventario: [{ producto_id: Codigo }],
      duplicados: 1,
    });
  });
});
