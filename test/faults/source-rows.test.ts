import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { ARTICULOS, codigo } from '../support/existencias.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { FIRST, firstKept, firstRow, loadFirstRow, motivos, nueva } from './first-row.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

describe('a single bad row: stock missing, "", null, "abc", "NaN", "Infinity", 1e20, boolean, object', () => {
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
  ])('quarantines the row and leaves its article as it was: %s', async (_what, stock) => {
    const before = await firstRow(scene);
    const almacen = await loadFirstRow(scene, (fila) => [{ ...fila, stock }], firstKept);
    expect(almacen).toMatchObject({
      rechazados: 1,
      conservados: 1,
      inventario: ARTICULOS,
      historico: ARTICULOS - 1,
    });
    expect(await firstRow(scene)).toEqual(before);
    expect(await motivos(scene)).toEqual(['EXISTENCIA_ILEGIBLE']);
  });

  it('invents no row for an article that never had one', async () => {
    const unknown = codigo(900);
    const almacen = await loadFirstRow(
      scene,
      (fila) => [fila, { ...fila, Codigo: unknown, stock: 'abc' }],
      nueva,
    );
    expect(almacen).toMatchObject({ rechazados: 1, conservados: 0, inventario: ARTICULOS });
  });
});

describe('`Precio` or `Iva` missing or unreadable', () => {
  it.each([
    ['Precio', '1.234,56', { precio_venta: null, iva: '16' }],
    ['Precio', undefined, { precio_venta: null, iva: '16' }],
    ['Iva', 'exento', { precio_venta: '5.77', iva: null }],
    ['Iva', null, { precio_venta: '5.77', iva: null }],
  ])('loads the stock and leaves %s empty when it is %p', async (campo, valor, stored) => {
    await loadFirstRow(scene, (fila) => [{ ...fila, [campo]: valor }], nueva);
    expect(await firstRow(scene)).toMatchObject(stored);
    expect(scene.lines()).toContainEqual(
      expect.objectContaining({
        message: MENSAJES_ALMACEN.transformado,
        almacen: 'AAA',
        preciosIlegibles: 1,
      }),
    );
  });
});

describe('a row whose code is missing, empty or holds NUL', () => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['blank', '   '],
    ['with a NUL', '000001\0'],
    ['a number', 1],
    ['with an invisible character', '000\u200b001'],
    ['read in another direction', '\u202e100000'],
  ])('quarantines it and retires no absent article, for it may be that one: %s', async (_what, Codigo) => {
    const almacen = await loadFirstRow(scene, (fila) => [{ ...fila, Codigo }], firstKept);
    expect(almacen).toMatchObject({ rechazados: 1, conservados: 1, retirados: 0, inventario: ARTICULOS });
    expect(await motivos(scene)).toEqual(['CODIGO_ILEGIBLE']);
  });
});

describe('a code that looks like another', () => {
  it('never becomes a second article beside it', async () => {
    const almacen = await loadFirstRow(scene, (fila) => [fila, { ...fila, Codigo: `${FIRST}\u200b` }], nueva);
    expect(almacen).toMatchObject({ rechazados: 1, retirados: 0, inventario: ARTICULOS });
  });
});

describe('same code twice', () => {
  it('is one row, counted, when the stock is the same', async () => {
    const almacen = await loadFirstRow(scene, (fila) => [fila, { ...fila, Barra: '9' }], nueva);
    expect(almacen).toMatchObject({
      extraidos: ARTICULOS + 1,
      duplicados: 1,
      rechazados: 0,
      inventario: ARTICULOS,
    });
  });

  it('is quarantined like a bad row when the stock differs', async () => {
    const almacen = await loadFirstRow(scene, (fila) => [fila, { ...fila, stock: 77 }], firstKept);
    expect(almacen).toMatchObject({ rechazados: 2, conservados: 1, inventario: ARTICULOS });
    expect(await motivos(scene)).toEqual(['EXISTENCIA_CONTRADICTORIA', 'EXISTENCIA_CONTRADICTORIA']);
  });
});
