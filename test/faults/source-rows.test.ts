import { beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { ARTICULOS, codigo } from './klk-answers.ts';
import { FIRST, FIRST_KEPT, NUEVA, loadFirstRow, readFirstRow, readMotivos } from './expectations.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
});

describe('A row whose stock cannot be read', () => {
  it.each([
    ['missing', undefined],
    ['""', ''],
    ['null', null],
    ['"abc"', 'abc'],
    ['"1.234,56"', '1.234,56'],
    ['"NaN"', 'NaN'],
    ['"Infinity"', 'Infinity'],
    ['1e20', 1e20],
    ['true', true],
    ['an object', { cantidad: 5 }],
  ])('The row is quarantined and its article keeps the row it had: %s', async (_what, stock) => {
    const before = await readFirstRow(world);
    const almacen = await loadFirstRow(world, (fila) => [{ ...fila, stock }], FIRST_KEPT);
    expect(almacen).toMatchObject({
      rechazados: 1,
      conservados: 1,
      inventario: ARTICULOS,
      historico: ARTICULOS - 1,
    });
    expect(await readFirstRow(world)).toEqual(before);
    expect(await readMotivos(world)).toEqual(['EXISTENCIA_ILEGIBLE']);
  });

  it('An article that never had a row gets none', async () => {
    const unknown = { Codigo: codigo(900), stock: 'abc' };
    const almacen = await loadFirstRow(world, (fila) => [fila, { ...fila, ...unknown }], NUEVA);
    expect(almacen).toMatchObject({ rechazados: 1, conservados: 0, inventario: ARTICULOS });
  });
});

describe('A row whose price or tax cannot be read', () => {
  it.each([
    ['Precio', '1.234,56', { precio_venta: null, iva: '16' }],
    ['Precio', undefined, { precio_venta: null, iva: '16' }],
    ['Iva', 'exento', { precio_venta: '5.77', iva: null }],
    ['Iva', null, { precio_venta: '5.77', iva: null }],
  ])('The stock is loaded, and %s stays empty when it is %p', async (campo, valor, stored) => {
    await loadFirstRow(world, (fila) => [{ ...fila, [campo]: valor }], NUEVA);
    expect(await readFirstRow(world)).toMatchObject(stored);
    expect(world.lines()).toContainEqual(
      expect.objectContaining({
        message: MENSAJES_ALMACEN.transformado,
        almacen: 'AAA',
        preciosIlegibles: 1,
      }),
    );
  });
});

describe('A row whose code cannot be read', () => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['blank', '   '],
    ['with a NUL', '000001\0'],
    ['a number', 1],
    ['with an invisible character', '000\u200b001'],
    ['read in another direction', '\u202e100000'],
  ])(
    'The row is quarantined and no absent article is retired, because the row may be of any of them: %s',
    async (_what, Codigo) => {
      const almacen = await loadFirstRow(world, (fila) => [{ ...fila, Codigo }], FIRST_KEPT);
      expect(almacen).toMatchObject({ rechazados: 1, conservados: 1, retirados: 0, inventario: ARTICULOS });
      expect(await readMotivos(world)).toEqual(['CODIGO_ILEGIBLE']);
    },
  );

  it('A code that differs from another in an invisible character makes no second article', async () => {
    const almacen = await loadFirstRow(world, (fila) => [fila, { ...fila, Codigo: `${FIRST}\u200b` }], NUEVA);
    expect(almacen).toMatchObject({ rechazados: 1, retirados: 0, inventario: ARTICULOS });
  });
});

describe('A code that comes twice', () => {
  it('The two rows count as one when their stock is the same', async () => {
    const almacen = await loadFirstRow(world, (fila) => [fila, { ...fila, Barra: '9' }], NUEVA);
    expect(almacen).toMatchObject({
      extraidos: ARTICULOS + 1,
      duplicados: 1,
      rechazados: 0,
      inventario: ARTICULOS,
    });
  });

  it('Both rows are quarantined when their stock differs', async () => {
    const almacen = await loadFirstRow(world, (fila) => [fila, { ...fila, stock: 77 }], FIRST_KEPT);
    expect(almacen).toMatchObject({ rechazados: 2, conservados: 1, inventario: ARTICULOS });
    expect(await readMotivos(world)).toEqual(['EXISTENCIA_CONTRADICTORIA', 'EXISTENCIA_CONTRADICTORIA']);
  });
});
