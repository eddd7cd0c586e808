import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { transformInventario } from '../../../lambdas/inventario-klk/transform/transform-inventario.ts';
import type { Transformed } from '../../../lambdas/inventario-klk/transform/transform-inventario.ts';

const texto = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('N/A', '', ' ', 'CAFÉ', 'CAFÉ\0', '\ud800', '00010', null, undefined),
);
const numero = fc.oneof(
  fc.constantFrom(0, 1, '1', '1.0', -2.5, 'N/A', '', null, undefined, '1.234,56', 1e20, 1e-9),
  fc.double(),
);

/** Few codes, so that they meet; fields as KLK sends them and as it should not. */
const fila = fc.record(
  {
    NombreProducto: texto,
    Codigo: fc.oneof(fc.constantFrom('1', '01', ' 1', 'a', 'A', '1\0', 'N/A', 1, null), texto),
    Barra: texto,
    Descripcion: texto,
    Precio: numero,
    Iva: numero,
    stock: numero,
    Extra: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const answer = fc.array(fc.oneof({ weight: 4, arbitrary: fila }, fc.jsonValue(), fc.anything()), {
  maxLength: 30,
});

const texts = ({ productos, inventario, camposDesconocidos }: Transformed): string[] =>
  [...productos, ...inventario]
    .flatMap((row) => Object.values<unknown>({ ...row }))
    .filter((value) => typeof value === 'string')
    .concat(camposDesconocidos);

describe('whatever KLK sends', () => {
  it('every row received is valid, rejected or a duplicate', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { inventario, rechazos, duplicados } = transformInventario(filas);

        expect(inventario.length + rechazos.length + duplicados).toBe(filas.length);
      }),
    );
  });

  it('codes are unique, in order, the same in both tables, and none of them was also rejected', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { productos, inventario, rechazos } = transformInventario(filas);
        const codigos = productos.map(({ codigo }) => codigo);

        expect(inventario.map(({ producto_id }) => producto_id)).toEqual(codigos);
        expect(codigos).toEqual([...new Set(codigos)].sort());
        expect(rechazos.filter(({ codigo }) => codigo !== null && codigos.includes(codigo))).toEqual([]);
      }),
    );
  });

  it('no text has characters that PostgreSQL or a log cannot hold', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const bad = texts(transformInventario(filas)).filter(
          (text) => /[\p{Cc}\p{Cs}]/u.test(text) || text.trim() !== text || text === '',
        );

        expect(bad).toEqual([]);
      }),
    );
  });

  it('every number is a decimal below 10^9, and no stock is NULL', () => {
    const decimal = /^-?\d{1,9}(\.\d*[1-9])?$/;
    fc.assert(
      fc.property(answer, (filas) => {
        for (const { cantidad, precio_venta, iva } of transformInventario(filas).inventario) {
          expect(cantidad).toMatch(decimal);
          expect(precio_venta ?? '0').toMatch(decimal);
          expect(iva ?? '0').toMatch(decimal);
        }
      }),
    );
  });

  it('the order of the rows changes nothing but the order of the rejections', () => {
    const shuffled = answer.chain((filas) =>
      fc.tuple(
        fc.constant(filas),
        fc.shuffledSubarray(filas, { minLength: filas.length, maxLength: filas.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([filas, otherOrder]) => {
        const { rechazos, ...rest } = transformInventario(filas);
        const { rechazos: otherRechazos, ...otherRest } = transformInventario(otherOrder);

        expect(otherRest).toEqual(rest);
        expect(new Set(otherRechazos)).toEqual(new Set(rechazos));
      }),
    );
  });

  it('the result of a transformation, transformed again, is the same', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const once = transformInventario(filas);
        const again = transformInventario(once.productos.map((row, index) => toFila(row, once, index)));

        expect(again.productos).toEqual(once.productos);
        expect(again.inventario).toEqual(once.inventario);
        expect(again).toMatchObject({ rechazos: [], duplicados: 0, textosLimpiados: 0 });
      }),
    );
  });
});

function toFila(
  producto: Transformed['productos'][number],
  { inventario }: Transformed,
  index: number,
): Record<string, unknown> {
  return {
    Codigo: producto.codigo,
    Barra: producto.codigo_barras,
    NombreProducto: producto.descripcion,
    Descripcion: producto.categoria,
    Categoria: producto.categoria_codigo,
    Descripcion_categoria: producto.grupo_articulo,
    Subcategoria: producto.subgrupo,
    Marca: producto.marca,
    Precio: inventario[index]?.precio_venta,
    Iva: inventario[index]?.iva,
    stock: inventario[index]?.cantidad,
  };
}
