import { beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { ARTICULOS, answeringRows, codigo, existencias, toFilas } from './klk-answers.ts';
import { FIRST, FIRST_KEPT, NUEVA, loadFirstRow, readMotivos } from './expectations.ts';
import { ALMACENES } from './pipeline-run.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
});

describe('Unusual values that are correct', () => {
  it.each([
    ['negative', -12],
    ['fractional', 0.375],
    ['given as text', '-12.5'],
  ])('Stock that is %s is loaded', async (_what, stock) => {
    await loadFirstRow(world, (fila) => [{ ...fila, stock }], new Map([...NUEVA, [FIRST, Number(stock)]]));
  });

  it('Rows with unknown fields are loaded, and the names of the fields are logged once per run', async () => {
    for (const almacen of ['BBB', 'CCC']) {
      const filas = toFilas(existencias(almacen, 1)).map((fila) => ({ ...fila, Proveedor: 'N/A' }));
      world.klk.setFault(almacen, answeringRows(filas));
    }
    await loadFirstRow(world, (fila) => [{ ...fila, Proveedor: 'N/A' }], NUEVA);
    const named = world.lines().filter(({ message }) => message === MENSAJES_ALMACEN.camposDesconocidos);
    expect(named).toEqual([expect.objectContaining({ campos: ['Proveedor'] })]);
  });
});

describe('A name that a database or a screen cannot hold', () => {
  const NAMES = [
    ['a NUL', 'CAFÉ\0MOLIDO'],
    ['control characters', 'CAFÉ\u0007\u001b[31m\r\nMOLIDO'],
    ['a lone surrogate', 'CAFÉ \ud800 MOLIDO'],
    ['10 kB', 'N'.repeat(10_240)],
  ];

  it.each(NAMES)('The article is loaded with a clean name: %s', async (_what, nombre) => {
    await loadFirstRow(world, (fila) => [{ ...fila, NombreProducto: nombre }], NUEVA);
    const [producto] = await world.database.query('SELECT nombre FROM productos WHERE id = $1', [FIRST]);
    expect(producto?.['nombre']).toMatch(/^(CAFÉ.*MOLIDO|N{10240})$/);
    expect(producto?.['nombre']).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });

  it.each(NAMES)('The row is quarantined when its stock cannot be read either: %s', async (_what, nombre) => {
    await loadFirstRow(world, (fila) => [{ ...fila, NombreProducto: nombre, stock: 'abc' }], FIRST_KEPT);
    expect(await readMotivos(world)).toEqual(['EXISTENCIA_ILEGIBLE']);
  });
});

describe('Products', () => {
  it('An unknown product is inserted in the same transaction as its stock', async () => {
    const fresh = codigo(777);
    const almacen = await loadFirstRow(
      world,
      (fila) => [fila, { ...fila, Codigo: fresh, stock: 5 }],
      new Map([...NUEVA, [fresh, 5]]),
    );
    expect(almacen).toMatchObject({ productosNuevos: 1, inventario: ARTICULOS + 1 });
  });

  it('A product that warehouses of a run describe differently is set by the first of them alone', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const almacen of ALMACENES) {
        const filas = toFilas(existencias(almacen, 1)).map((fila) => ({
          ...fila,
          NombreProducto: `${almacen} ${round} ${fila.Codigo}`,
        }));
        world.klk.setFault(almacen, answeringRows(filas), 1);
      }
      const resumen = await world.run();
      const written = resumen.tiendas.flatMap(({ almacenes }) =>
        almacenes.map(({ productosActualizados }) => productosActualizados),
      );
      expect(written.toSorted((a, b) => a - b)).toEqual([0, 0, ARTICULOS]);
      expect(
        await world.database.query(
          `SELECT count(DISTINCT left(nombre, length('AAA 0')))::integer AS nombrados FROM productos`,
        ),
      ).toEqual([{ nombrados: 1 }]);
    }
  });
});
