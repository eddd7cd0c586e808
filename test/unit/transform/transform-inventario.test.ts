import { describe, expect, it } from '@jest/globals';
import { transformInventario } from '../../../lambdas/inventario-klk/transform/transform-inventario.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';

describe('the rows of one answer', () => {
  it('come out in code order, products and inventory side by side', () => {
    const filas = ['b', '000002', 'B', '000010', '1'].map((Codigo) => articulo({ Codigo }));

    const { productos, inventario } = transformInventario(filas);

    expect(productos.map(({ codigo }) => codigo)).toEqual(['000002', '000010', '1', 'B', 'b']);
    expect(inventario.map(({ producto_id }) => producto_id)).toEqual(['000002', '000010', '1', 'B', 'b']);
  });

  it('are none when there were none', () => {
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

  it('count cleaned texts and unreadable prices, once per row', () => {
    const filas = [
      articulo({ Codigo: '1', Precio: null, Iva: 'x' }),
      articulo({ Codigo: '2', NombreProducto: 'A\0', Marca: '\u0001B' }),
      articulo({ Codigo: '3' }),
    ];

    expect(transformInventario(filas)).toMatchObject({ preciosIlegibles: 1, textosLimpiados: 2 });
  });

  it('name every unknown field once', () => {
    const filas = [
      articulo({ Codigo: '1', Zona: 1, Proveedor: 'N/A' }),
      articulo({ Codigo: '2', Proveedor: null, precio: 3 }),
    ];

    expect(transformInventario(filas).camposDesconocidos).toEqual(['Proveedor', 'Zona', 'precio']);
  });

  it('name no more than twenty unknown fields, short and fit for a log', () => {
    const raros = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`campo ${index}`, 0]));
    const fila = articulo({ ...raros, [`A\u0000\u001b[31m${'z'.repeat(58)}🥑`]: 0 });

    const { camposDesconocidos } = transformInventario([fila]);

    expect(camposDesconocidos).toHaveLength(20);
    for (const campo of camposDesconocidos) expect(campo).toMatch(/^[^\p{Cc}\p{Cs}]{1,60}$/u);
  });
});

describe('the same code twice with the same stock', () => {
  it('is one article, with the smallest barcode, and one duplicate', () => {
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

  it('agrees on the number, however it is written', () => {
    const filas = [articulo({ stock: 10 }), articulo({ stock: '10.00' }), articulo({ Codigo: ' 000006 ' })];

    expect(transformInventario(filas)).toMatchObject({ inventario: [{ cantidad: '10' }], duplicados: 2 });
  });

  it('does not depend on which row came first, not even with one barcode', () => {
    const filas = [
      articulo({ NombreProducto: 'ROMERO', Precio: 5 }),
      articulo({ NombreProducto: 'ROMERO KG', Precio: 6 }),
      articulo({ NombreProducto: 'ROMERO', Precio: 4, Zona: 1 }),
    ];

    expect(transformInventario(filas.toReversed())).toEqual(transformInventario(filas));
  });
});

describe('an article that nobody can be sure of', () => {
  it('is refused whole when its rows disagree on the stock', () => {
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

  it('is refused whole when one of its rows cannot be read', () => {
    const filas = [articulo(), articulo({ stock: 'abc' }), articulo({ Codigo: '000007' })];

    const { inventario, rechazos } = transformInventario(filas);

    expect(inventario).toMatchObject([{ producto_id: '000007' }]);
    expect(rechazos).toEqual([
      { codigo: '000006', motivo: 'EXISTENCIA_CONTRADICTORIA', fila: JSON.stringify(filas[0]) },
      { codigo: '000006', motivo: 'EXISTENCIA_ILEGIBLE', fila: JSON.stringify(filas[1]) },
    ]);
  });

  it('touches no other article', () => {
    const filas = [
      articulo({ Codigo: '1' }),
      articulo({ Codigo: '2', stock: '' }),
      articulo({ Codigo: '3' }),
    ];

    expect(transformInventario(filas).inventario.map(({ producto_id }) => producto_id)).toEqual(['1', '3']);
  });

  it('is refused without a code when that cannot be read, row by row as received', () => {
    const filas = [null, articulo({ Codigo: 6 }), 'fila', articulo({ Codigo: 'N/A' })];

    expect(transformInventario(filas).rechazos).toEqual([
      { codigo: null, motivo: 'FILA_ILEGIBLE', fila: 'null' },
      { codigo: null, motivo: 'CODIGO_ILEGIBLE', fila: JSON.stringify(filas[1]) },
      { codigo: null, motivo: 'FILA_ILEGIBLE', fila: '"fila"' },
      { codigo: null, motivo: 'CODIGO_ILEGIBLE', fila: JSON.stringify(filas[3]) },
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be called %s', (Codigo) => {
    expect(transformInventario([articulo({ Codigo }), articulo({ Codigo })])).toMatchObject({
      inventario: [{ producto_id: Codigo }],
      duplicados: 1,
    });
  });
});
