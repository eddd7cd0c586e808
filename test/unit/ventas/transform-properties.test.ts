import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PipelineError } from '../../../lambdas/core/errors/errors.ts';
import { transformVentas } from '../../../lambdas/ventas-klk/transform/transform-ventas.ts';
import type { Transformed } from '../../../lambdas/ventas-klk/transform/rows.ts';
import { lineaKlk } from '../../fixtures/klk/linea.ts';

const TRAMO = { tienda: 'tienda_01', dia: '2025-11-17', desde: '12:00', hasta: '13:00' };
const transform = (filas: readonly unknown[]): Transformed =>
  transformVentas(filas, { tramo: TRAMO, tiendaDeAlmacen: new Map([['TPAR', 'tienda_18']]) });

const texto = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('N/A', '', ' ', 'CAFÉ', 'CAFÉ\0', '\ud800', '00010', null, undefined),
);
const numero = fc.oneof(
  fc.constantFrom(0, 1, '1', '1.0', -2.5, 'N/A', '', null, undefined, '1.234,56', 1e20, 1e-9),
  fc.double(),
);

/** Few numbers of lines, so that they meet; fields as KLK sends them and as it should not. */
const linea = fc
  .record({
    numero_factura: fc.oneof(fc.constantFrom('F1', 'F2', 'F1 1', ' F1', 'N/A', 1, null), texto),
    linea: fc.constantFrom(1, 2, '1', 11, 'uno', null),
    hora: fc.constantFrom('12:00:00', '12:59:59.9999999', '13:00:00', '12:00:00.0000001', 'ahora', null),
    codigo_producto: fc.oneof(fc.constantFrom('1', '01', 'a', null), texto),
    descripcion_producto: texto,
    codigo_almacen: fc.constantFrom('APP-TPF', 'MERMA', null, 'A\0'),
    unidad_medida_venta: texto,
    cantidad_vendida: numero,
    venta_total_usd: numero,
    monto_descuento: numero,
    total_factura: numero,
  })
  .map((cambios) =>
    lineaKlk({
      linea: {
        numero_factura: cambios.numero_factura,
        linea: cambios.linea,
        hora: cambios.hora,
        total_factura: cambios.total_factura,
      },
      producto: {
        codigo_producto: cambios.codigo_producto,
        descripcion_producto: cambios.descripcion_producto,
      },
      cantidad: {
        codigo_almacen: cambios.codigo_almacen,
        unidad_medida_venta: cambios.unidad_medida_venta,
        cantidad_vendida: cambios.cantidad_vendida,
      },
      financiero: {
        venta_total_usd: cambios.venta_total_usd,
        monto_descuento: cambios.monto_descuento,
      },
    }),
  );

/** Lines that can be loaded, each with a number of its own. */
const sold = fc
  .array(fc.record({ cantidad: fc.integer(), ventas: fc.integer(), precio: fc.nat() }), { maxLength: 20 })
  .map((lineas) =>
    lineas.map(({ cantidad, ventas, precio }, index) => ({
      factura: `F${index % 3}`,
      linea: index,
      // Two decimals, as integers, so that they can be spelt in several ways.
      cantidad: cantidad % 1e6,
      ventas: ventas % 1e6,
      precio: precio % 1e6,
    })),
  );

type Sold = typeof sold extends fc.Arbitrary<infer T> ? T : never;

const toFilas = (lineas: Sold, spell: (hundredths: number) => unknown): unknown[] =>
  lineas.map(({ factura, linea: number, cantidad, ventas, precio }) =>
    lineaKlk({
      linea: { numero_factura: factura, linea: number },
      cantidad: { cantidad_vendida: spell(cantidad) },
      financiero: { venta_total_usd: spell(ventas), precio_unitario_usd: spell(precio) },
    }),
  );

const asNumber = (hundredths: number): number => hundredths / 100;

const answer = fc.array(fc.oneof({ weight: 6, arbitrary: linea }, fc.jsonValue(), fc.anything()), {
  maxLength: 25,
});

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

describe('whatever KLK sends', () => {
  it('every line of the slice is loaded, rejected or a duplicate', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { extraidos, lineas, rechazos, duplicados } = transform(filas);

        expect(lineas.length + rechazos.length + duplicados).toBe(extraidos);
        expect(extraidos).toBeLessThanOrEqual(filas.length);
      }),
    );
  });

  it('numbers of lines are unique, in order, and none of them was also rejected', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { lineas, rechazos } = transform(filas);
        const numbers = lineas.map(({ numero_factura, linea: number }) =>
          JSON.stringify([numero_factura, number]),
        );
        const rejected = rechazos.map(({ numeroFactura, linea: number }) =>
          JSON.stringify([numeroFactura, number]),
        );

        expect(new Set(numbers).size).toBe(numbers.length);
        expect(numbers.filter((number) => rejected.includes(number))).toEqual([]);
        for (const [index, row] of lineas.entries()) {
          const next = lineas[index + 1];
          if (next === undefined) continue;
          expect(
            row.numero_factura < next.numero_factura ||
              (row.numero_factura === next.numero_factura && row.linea < next.linea),
          ).toBe(true);
        }
      }),
    );
  });

  it('every article sold is described once, in order of its code', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { lineas, productos } = transform(filas);
        const codigos = [...new Set(lineas.map(({ producto_id }) => producto_id))].sort();

        expect(productos.map(({ codigo }) => codigo)).toEqual(codigos);
      }),
    );
  });

  it('no text holds what PostgreSQL or a log cannot, and every number is one', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { lineas, productos } = transform(filas);
        const texts = [...lineas, ...productos]
          .flatMap((row) => Object.values<unknown>({ ...row }))
          .filter((value) => typeof value === 'string');

        expect(
          texts.filter((text) => /[\p{Cc}\p{Cs}]/u.test(text) || text.trim() !== text || text === ''),
        ).toEqual([]);
        for (const { cantidad_vendida, venta_total, total_factura } of lineas) {
          for (const value of [cantidad_vendida, venta_total, total_factura ?? '0']) {
            expect(value).toMatch(/^-?\d{1,12}(\.\d*[1-9])?$/);
          }
        }
      }),
    );
  });

  it('an identity that cannot be read is reported', () => {
    fc.assert(
      fc.property(answer, (filas) => {
        const { rechazos, identidadIlegible } = transform(filas);

        expect(identidadIlegible).toBe(rechazos.some((r) => r.numeroFactura === null || r.linea === null));
      }),
    );
  });

  it('the order of the lines changes nothing but the order of the rejections', () => {
    const twice = answer.chain((filas) => fc.tuple(fc.constant(filas), shuffled(filas)));
    fc.assert(
      fc.property(twice, ([filas, otherOrder]) => {
        const { rechazos, ...rest } = transform(filas);
        const { rechazos: otherRechazos, ...otherRest } = transform(otherOrder);

        expect(otherRest).toEqual(rest);
        expect(new Set(otherRechazos)).toEqual(new Set(rechazos));
      }),
    );
  });

  it('of another slice or another store is refused by one of two codes, and by nothing else', () => {
    const elsewhere = fc.record({
      fecha: fc.constantFrom('2025-11-17', '2025-11-16', 'ayer'),
      hora: fc.constantFrom('12:30:00', '11:59:59', '13:00:01', '13:00:00', 'N/A'),
      codigo_almacen: fc.constantFrom('APP-TPF', 'TPAR', null),
    });
    fc.assert(
      fc.property(fc.array(elsewhere, { maxLength: 5 }), (places) => {
        const filas = places.map(({ fecha, hora, codigo_almacen }, number) =>
          lineaKlk({ linea: { linea: number, fecha, hora }, cantidad: { codigo_almacen } }),
        );
        const outside = places.some(
          ({ fecha, hora }) =>
            fecha === '2025-11-16' ||
            (fecha === '2025-11-17' && (hora === '11:59:59' || hora === '13:00:01')),
        );
        const next = ({ fecha, hora }: (typeof places)[number]): boolean =>
          fecha === '2025-11-17' && hora === '13:00:00';
        const ajena = places.some((place) => place.codigo_almacen === 'TPAR' && !next(place));
        let codigo = 'none';
        try {
          transform(filas);
        } catch (error) {
          codigo = error instanceof PipelineError ? error.codigo : String(error);
        }

        const allowed = [...(outside ? ['KLK_OTRO_TRAMO'] : []), ...(ajena ? ['KLK_OTRO_ALMACEN'] : [])];
        expect(allowed.length === 0 ? ['none'] : allowed).toContain(codigo);
      }),
    );
  });
});

describe('the fingerprint of an answer', () => {
  it('does not depend on the order of the lines, on repeated ones, or on how numbers are spelt', () => {
    const spelling = fc.constantFrom<(hundredths: number) => unknown>(
      asNumber,
      (hundredths) => String(hundredths / 100),
      (hundredths) => `${(hundredths / 100).toFixed(2)}00`,
      (hundredths) => ` ${(hundredths / 100).toFixed(2)} `,
    );
    const answers = fc
      .tuple(sold, spelling)
      .chain(([lineas, spell]) =>
        fc.tuple(
          fc.constant(lineas),
          shuffled([...toFilas(lineas, spell), ...toFilas(lineas.slice(0, 3), spell)]),
        ),
      );
    fc.assert(
      fc.property(answers, ([lineas, filas]) => {
        expect(transform(filas)).toMatchObject({
          huella: transform(toFilas(lineas, asNumber)).huella,
          duplicados: Math.min(3, lineas.length),
        });
      }),
    );
  });

  it('changes with every line and every number', () => {
    fc.assert(
      fc.property(
        sold,
        fc.nat(),
        fc.constantFrom('cantidad', 'ventas', 'precio', 'gone'),
        (lineas, at, what) => {
          fc.pre(lineas.length > 0);
          const index = at % lineas.length;
          const changed =
            what === 'gone'
              ? lineas.toSpliced(index, 1)
              : lineas.map((row, position) => (position === index ? { ...row, [what]: row[what] + 1 } : row));

          expect(transform(toFilas(changed, asNumber)).huella).not.toBe(
            transform(toFilas(lineas, asNumber)).huella,
          );
        },
      ),
    );
  });

  it.each([
    ['the time', { linea: { hora: '12:19:57' } }],
    ['whether it is fiscal', { linea: { es_no_fiscal: null } }],
    ['a text', { cantidad: { unidad_medida_venta: 'KG' } }],
    ['a discount', { financiero: { monto_descuento: 1 } }],
    ['a discount in another column', { financiero: { porcentaje_descuento: 1 } }],
  ])('changes with %s', (_what, cambios) => {
    expect(transform([lineaKlk(cambios)]).huella).not.toBe(transform([lineaKlk()]).huella);
  });

  it('does not change with what is not kept', () => {
    const fila = lineaKlk({
      linea: { fecha_hora_completa: null, nuevo: 1 },
      producto: { descripcion_producto: 'OTRO NOMBRE', serial: 'x' },
      financiero: { utilidad_bruta_bs: 0 },
    });

    expect(transform([fila]).huella).toBe(transform([lineaKlk()]).huella);
  });
});
