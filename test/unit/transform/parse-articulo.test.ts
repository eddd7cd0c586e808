import { describe, expect, it } from '@jest/globals';
import { parseArticulo } from '../../../lambdas/inventario-klk/transform/parse-articulo.ts';
import { articulo } from '../../fixtures/klk/articulo.ts';
import respuesta from '../../fixtures/klk/respuesta-documentada.json' with { type: 'json' };

describe('a row of KLK', () => {
  it('becomes a row of productos and one of inventario_vigente', () => {
    expect(parseArticulo(articulo())).toEqual({
      producto: {
        codigo: '000006',
        codigo_barras: '01024',
        nombre: 'ROMERO KG',
        descripcion: 'ROMERO KG',
        categoria: 'FRUVER',
        categoria_codigo: '08',
        grupo_articulo: 'POR PESO',
        subgrupo: '1',
        marca: 'LA GRANJA',
      },
      inventario: { producto_id: '000006', cantidad: '10', precio_venta: '5.77', iva: '0' },
      precioIlegible: false,
      textosLimpiados: 0,
      camposDesconocidos: [],
    });
  });

  it('is read as the vendor documents it', () => {
    expect(respuesta.articulos.map(parseArticulo)).toMatchObject([
      {
        producto: {
          codigo: '000001',
          codigo_barras: '001',
          nombre: 'JAMON ESPALDA AHUM. SHOULDER DRAGOS KG PZA COMP',
          categoria: 'SIN CATEGORIA',
          categoria_codigo: null,
          grupo_articulo: null,
          subgrupo: null,
          marca: 'DRAGOS',
        },
        inventario: { cantidad: '0', precio_venta: '4.939655', iva: '16' },
      },
      {
        producto: {
          codigo: '000002',
          codigo_barras: '00010',
          categoria: 'SIN CATEGORIA',
          categoria_codigo: '99',
          grupo_articulo: 'DE TRIGO',
          subgrupo: '99',
          marca: null,
        },
        inventario: { cantidad: '23', precio_venta: '12.08', iva: '16' },
      },
      {
        producto: { codigo: '000006', categoria: 'FRUVER', grupo_articulo: 'POR PESO', marca: null },
        inventario: { cantidad: '10', precio_venta: '5.77', iva: '0' },
      },
    ]);
  });

  it.each([
    ['Barra', 'codigo_barras'],
    ['NombreProducto', 'descripcion'],
    ['Descripcion_categoria', 'grupo_articulo'],
    ['Subcategoria', 'subgrupo'],
    ['Categoria', 'categoria_codigo'],
    ['Marca', 'marca'],
  ])('has NULL, never a text, where %s has no value', (campo, columna) => {
    for (const sinValor of ['N/A', '', '  ', null, undefined]) {
      expect(parseArticulo(articulo({ [campo]: sinValor }))).toMatchObject({
        producto: { [columna]: null },
        textosLimpiados: 0,
      });
    }
  });

  it.each(['N/A', '', null, undefined])('is SIN CATEGORIA where Descripcion is %j', (Descripcion) => {
    expect(parseArticulo(articulo({ Descripcion }))).toMatchObject({
      producto: { categoria: 'SIN CATEGORIA' },
    });
  });

  it('has its code as its name where KLK sends no name', () => {
    expect(parseArticulo(articulo({ NombreProducto: 'N/A' }))).toMatchObject({
      producto: { nombre: '000006', descripcion: null },
    });
  });

  it.each([
    [-3, '-3'],
    [0.001, '0.001'],
    ['12.5', '12.5'],
  ])('keeps an oversold, fractional or quoted stock: %p', (stock, cantidad) => {
    expect(parseArticulo(articulo({ stock }))).toMatchObject({ inventario: { cantidad } });
  });

  it.each([undefined, '', null, 'abc', 'NaN', 'Infinity', 1e20, '1.234,56', true, {}])(
    'is rejected, never 0, when its stock is %p',
    (stock) => {
      expect(parseArticulo(articulo({ stock }))).toEqual({ motivo: 'EXISTENCIA_ILEGIBLE', codigo: '000006' });
    },
  );

  it('is read with the field stock in lower case only', () => {
    expect(parseArticulo(articulo({ stock: undefined, Stock: 5 }))).toMatchObject({
      motivo: 'EXISTENCIA_ILEGIBLE',
    });
  });

  it.each([
    ['Precio', 'precio_venta', 'iva'],
    ['Iva', 'iva', 'precio_venta'],
  ])('is loaded with NULL, never 0, when %s cannot be read', (campo, columna, otra) => {
    for (const valor of [undefined, null, '', 'N/A', '1.234,56', 1e9, {}]) {
      const parsed = parseArticulo(articulo({ [campo]: valor }));

      expect(parsed).toMatchObject({
        inventario: { cantidad: '10', [columna]: null, [otra]: expect.any(String) },
        precioIlegible: true,
      });
    }
  });

  it.each([undefined, null, '', 'N/A', 6, '0000\0'])('is rejected when its code is %j', (Codigo) => {
    expect(parseArticulo(articulo({ Codigo }))).toEqual({ motivo: 'CODIGO_ILEGIBLE', codigo: null });
  });

  it.each([null, 'fila', 7, [], [articulo()]])('is rejected when it is not an object: %j', (fila) => {
    expect(parseArticulo(fila)).toEqual({ motivo: 'FILA_ILEGIBLE', codigo: null });
  });

  it('counts its cleaned texts and names its unknown fields', () => {
    const fila = articulo({ NombreProducto: 'CAFÉ\0', Barra: 1024, Proveedor: 'N/A', UltimaCompra: null });

    expect(parseArticulo(fila)).toMatchObject({
      producto: { nombre: 'CAFÉ', codigo_barras: null },
      textosLimpiados: 2,
      camposDesconocidos: ['Proveedor', 'UltimaCompra'],
    });
  });

  it('reads no field from its own __proto__', () => {
    const fila: unknown = JSON.parse('{"Codigo":"000006","__proto__":{"stock":5}}');

    expect(parseArticulo(fila)).toEqual({ motivo: 'EXISTENCIA_ILEGIBLE', codigo: '000006' });
  });
});
