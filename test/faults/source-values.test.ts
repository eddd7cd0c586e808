import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import { ARTICULOS, codigo, existencias, toFilas } from '../support/existencias.ts';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import { answering } from '../support/faulty-klk.ts';
import { ALMACENES } from '../support/pipeline-run.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { FIRST, firstKept, loadFirstRow, motivos, nueva } from './first-row.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

describe('negative or fractional stock, unknown extra fields, missing `Marca`', () => {
  it.each([
    ['negative', -12],
    ['fractional', 0.375],
    ['a decimal text', '-12.5'],
  ])('accepts %s stock', async (_what, stock) => {
    await loadFirstRow(scene, (fila) => [{ ...fila, stock }], new Map([...nueva, [FIRST, Number(stock)]]));
  });

  it('accepts fields nobody knows, and logs their names once per run', async () => {
    for (const almacen of ['BBB', 'CCC']) {
      const articulos = toFilas(existencias(almacen, 1)).map((fila) => ({ ...fila, Proveedor: 'N/A' }));
      scene.klk.fail(almacen, answering({ meta: createMeta([almacen], articulos.length), articulos }));
    }
    await loadFirstRow(scene, (fila) => [{ ...fila, Proveedor: 'N/A' }], nueva);
    const named = scene.lines().filter(({ message }) => message === MENSAJES_ALMACEN.camposDesconocidos);
    expect(named).toEqual([expect.objectContaining({ campos: ['Proveedor'] })]);
  });
});

describe('NUL or control characters, lone surrogates, 10 kB in a name', () => {
  const HOSTILES = [
    'CAFÉ\0MOLIDO',
    'CAFÉ\u0007\u001b[31m\r\nMOLIDO',
    'CAFÉ \ud800 MOLIDO',
    'N'.repeat(10_240),
  ];

  it.each(HOSTILES.map((nombre, n) => [n, nombre] as const))(
    'loads the article with a clean name (%i)',
    async (_n, nombre) => {
      await loadFirstRow(scene, (fila) => [{ ...fila, NombreProducto: nombre }], nueva);
      const [producto] = await scene.database.query('SELECT nombre FROM productos WHERE id = $1', [FIRST]);
      expect(producto?.['nombre']).toMatch(/^(CAFÉ.*MOLIDO|N{10240})$/);
      expect(producto?.['nombre']).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    },
  );

  it.each(HOSTILES.map((nombre, n) => [n, nombre] as const))(
    'quarantines it beside an unreadable stock (%i)',
    async (_n, nombre) => {
      await loadFirstRow(scene, (fila) => [{ ...fila, NombreProducto: nombre, stock: 'abc' }], firstKept);
      expect(await motivos(scene)).toEqual(['EXISTENCIA_ILEGIBLE']);
    },
  );
});

describe("an article's code new to `productos`", () => {
  it('is inserted first, in the same transaction', async () => {
    const fresh = codigo(777);
    const almacen = await loadFirstRow(
      scene,
      (fila) => [fila, { ...fila, Codigo: fresh, stock: 5 }],
      new Map([...nueva, [fresh, 5]]),
    );
    expect(almacen).toMatchObject({ productosNuevos: 1, inventario: ARTICULOS + 1 });
  });
});

describe('warehouses that disagree about their products', () => {
  it('each leave them as the first that was loaded has set them, though two load at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const almacen of ALMACENES) {
        const articulos = toFilas(existencias(almacen, 1)).map((fila) => ({
          ...fila,
          NombreProducto: `${almacen} ${round} ${fila.Codigo}`,
        }));
        scene.klk.fail(almacen, answering({ meta: createMeta([almacen], articulos.length), articulos }), 1);
      }
      const resumen = await scene.run();
      const written = resumen.tiendas.flatMap(({ almacenes }) =>
        almacenes.map(({ productosActualizados }) => productosActualizados),
      );
      expect(written.toSorted((a, b) => a - b)).toEqual([0, 0, ARTICULOS]);
      expect(
        await scene.database.query(
          `SELECT count(DISTINCT left(nombre, length('AAA 0')))::integer AS nombrados FROM productos`,
        ),
      ).toEqual([{ nombrados: 1 }]);
    }
  });
});
