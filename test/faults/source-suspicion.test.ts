import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import type { ArticuloKlk } from '../../local/klk-simulator/articulos.ts';
import { createMeta } from '../../local/klk-simulator/answer.ts';
import { ARTICULOS, codigo, existencias, toFilas, toRespuesta } from '../support/existencias.ts';
import type { Existencias } from '../support/existencias.ts';
import { answering } from '../support/faulty-klk.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { almacenOf, expectKept } from './kept.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(() => scene.reset());
afterAll(() => scene.close());

const answer = (stocks: Existencias): ReturnType<typeof answering> =>
  answering(toRespuesta('AAA', toFilas(stocks)));

/** Version 2 of AAA in which the first so many articles have no stock. */
const withZeros = (zeros: number): Existencias =>
  new Map([...existencias('AAA', 2)].map(([code, stock], index) => [code, index < zeros ? 0 : stock]));

/** Version 2 of AAA without its last so many articles. */
const without = (missing: number): Existencias =>
  new Map([...existencias('AAA', 2)].slice(0, ARTICULOS - missing));

/** Version 2 of AAA in which the stock of the first so many articles cannot be read. */
const withBadRows = (bad: number): ReturnType<typeof answering> =>
  answering({
    meta: createMeta(['AAA'], ARTICULOS),
    articulos: toFilas(existencias('AAA', 2)).map((fila, index) =>
      index < bad ? { ...fila, stock: 'abc' } : fila,
    ),
  });

const THIRTY_PERCENT = 0.3 * ARTICULOS;

describe('all stock zero, or a large share of positive stock turned zero at once', () => {
  it('refuses a first load that is all zero', async () => {
    await expectKept(scene, answer(withZeros(ARTICULOS)), 'SOSPECHOSO_CEROS');
  });

  it('keeps a warehouse that had stock when all of it is zero', async () => {
    await scene.run();
    await expectKept(scene, answer(withZeros(ARTICULOS)), 'SOSPECHOSO_CEROS');
  });

  it('keeps a warehouse when more than 30 % of its stock turns zero at once', async () => {
    await scene.run();
    await expectKept(scene, answer(withZeros(THIRTY_PERCENT + 1)), 'SOSPECHOSO_CEROS');
  });

  it('believes 30 %', async () => {
    await scene.run();
    scene.serve('AAA', withZeros(THIRTY_PERCENT));
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('more articles than the threshold are gone at once', () => {
  it('keeps a warehouse that loses more than 30 % of its articles', async () => {
    await scene.run();
    await expectKept(scene, answer(without(THIRTY_PERCENT + 1)), 'SOSPECHOSO_ENCOGIDO');
  });

  it('retires 30 % of the articles', async () => {
    await scene.run();
    scene.serve('AAA', without(THIRTY_PERCENT));
    expect(almacenOf(await scene.run(), 'AAA')).toMatchObject({
      estado: 'cargado',
      retirados: THIRTY_PERCENT,
    });
  });

  it('has nothing to compare a first load with', async () => {
    scene.serve('AAA', without(THIRTY_PERCENT + 1));
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

/** What a whole answer makes of version 2: every row of it, changed. */
const transformed = (change: (fila: ArticuloKlk, index: number) => object): ReturnType<typeof answering> =>
  answering({ meta: createMeta(['AAA'], ARTICULOS), articulos: toFilas(existencias('AAA', 2)).map(change) });

/** Version 1 as `scene` serves it, in which only the first so many articles have stock. */
const withStock = (stocked: number): Existencias =>
  new Map([...existencias('AAA', 1)].map(([code, stock], index) => [code, index < stocked ? stock : 0]));

describe('a whole answer that agrees with itself and is no inventory of this warehouse', () => {
  const otherCodes = ({ Codigo, ...fila }: ArticuloKlk): object => ({
    ...fila,
    Codigo: String(Number(Codigo)),
  });

  it('keeps a warehouse all of whose codes lost their zero padding', async () => {
    await scene.run();
    await expectKept(scene, transformed(otherCodes), 'SOSPECHOSO_ENCOGIDO');
  });

  it('keeps it when KLK does not say whose codes they are', async () => {
    await scene.run();
    const articulos = toFilas(existencias('AAA', 2)).map(otherCodes);
    const meta = { ...createMeta(['AAA'], ARTICULOS), almacences_filtrados: undefined };
    await expectKept(scene, answering({ meta, articulos }), 'SOSPECHOSO_ENCOGIDO');
  });

  it('keeps it when one unreadable code among them leaves open which article that was', async () => {
    await scene.run();
    await expectKept(
      scene,
      transformed((fila, index) => ({ ...otherCodes(fila), ...(index === 0 && { Codigo: '' }) })),
      'SOSPECHOSO_ENCOGIDO',
    );
  });

  it('keeps a warehouse beside whose articles as many arrive that nobody knows', async () => {
    await scene.run();
    const filas = toFilas(existencias('AAA', 2));
    await expectKept(
      scene,
      answering({
        meta: createMeta(['AAA'], 2 * ARTICULOS),
        articulos: [...filas, ...filas.map(otherCodes)],
      }),
      'SOSPECHOSO_NUEVOS',
    );
  });

  it('keeps a warehouse that loses the articles with stock, few as they are among all', async () => {
    scene.serve('AAA', withStock(60));
    await scene.run();
    await expectKept(scene, answer(new Map([...withStock(60)].slice(59))), 'SOSPECHOSO_CEROS');
  });

  it('keeps a warehouse whose stock turns negative', async () => {
    await scene.run();
    await expectKept(
      scene,
      transformed((fila) => ({ ...fila, stock: -fila.stock })),
      'SOSPECHOSO_CEROS',
    );
  });

  it('keeps a warehouse whose negative stock turns positive', async () => {
    scene.serve('AAA', new Map([...existencias('AAA', 1)].map(([code, stock]) => [code, -stock])));
    await scene.run();
    await expectKept(
      scene,
      transformed((fila) => fila),
      'SOSPECHOSO_CAMBIOS',
    );
  });

  it.each([
    ['ten times as much', (stock: number) => stock * 10],
    ['a thousandth', (stock: number) => stock / 1000],
    ['the same figure everywhere', () => 7],
  ])('keeps a warehouse in which every article has %s', async (_what, change) => {
    await scene.run();
    await expectKept(
      scene,
      transformed((fila) => ({ ...fila, stock: change(fila.stock) })),
      'SOSPECHOSO_CAMBIOS',
    );
  });

  it('keeps a warehouse in which the few articles with stock have ten times as much', async () => {
    scene.serve('AAA', withStock(60));
    await scene.run();
    await expectKept(
      scene,
      answer(new Map([...withStock(60)].map(([code, stock]) => [code, stock * 10]))),
      'SOSPECHOSO_CAMBIOS',
    );
  });

  it('keeps a warehouse in which stock appears in most articles that had none', async () => {
    scene.serve('AAA', withStock(60));
    await scene.run();
    await expectKept(
      scene,
      answer(new Map([...withStock(60)].map(([code, stock]) => [code, stock === 0 ? 10 : stock]))),
      'SOSPECHOSO_CAMBIOS',
    );
  });

  it('believes a warehouse that is filled again after it was empty', async () => {
    scene.serve('AAA', withStock(0));
    await scene.run({ forzar: true });
    scene.serve('AAA', existencias('AAA', 2));
    expect((await scene.run()).estado).toBe('exitosa');
  });
});

describe('bad rows above the threshold share', () => {
  it('keeps the warehouse when more than 1 % of the rows cannot be read', async () => {
    await scene.run();
    const mensaje = await expectKept(scene, withBadRows(3), 'FILAS_MALAS');
    expect(mensaje).toContain('3 de 210 filas (1,4 %)');
  });

  it('quarantines up to 1 %', async () => {
    await scene.run();
    scene.klk.fail('AAA', withBadRows(2));
    const [one, two] = [codigo(1), codigo(2)];
    const old = existencias('AAA', 1);
    scene.expectLoad(
      'AAA',
      new Map([...existencias('AAA', 2), [one, old.get(one) ?? 0], [two, old.get(two) ?? 0]]),
    );
    expect(almacenOf(await scene.run(), 'AAA')).toMatchObject({
      estado: 'cargado',
      rechazados: 2,
      conservados: 2,
    });
  });
});

describe('a person can accept a refusal for named stores with `forzar`', () => {
  it.each([
    ['all zeros', withZeros(ARTICULOS), 'SOSPECHOSO_CEROS'],
    ['a shrunk warehouse', without(ARTICULOS - 5), 'SOSPECHOSO_ENCOGIDO'],
  ])(
    'loads %s, records what was overruled, and believes it from then on',
    async (_what, stocks, overruled) => {
      await scene.run();
      scene.serve('AAA', stocks);
      const { ejecucionId, estado } = await scene.run({ forzar: true });
      expect(estado).toBe('exitosa');
      expect(scene.lines().map(({ message }) => message)).toContain(MENSAJES_ALMACEN.forzado);
      expect(
        await scene.database.query('SELECT forzar FROM etl_ejecuciones WHERE id = $1::uuid', [ejecucionId]),
      ).toEqual([{ forzar: true }]);
      expect(
        await scene.database.query(
          `SELECT almacen_codigo, forzado_codigo FROM etl_ejecucion_almacenes
          WHERE ejecucion_id = $1::uuid AND forzado_codigo IS NOT NULL`,
          [ejecucionId],
        ),
      ).toEqual([{ almacen_codigo: 'AAA', forzado_codigo: [overruled] }]);
      expect((await scene.run()).estado).toBe('exitosa');
    },
  );

  it('records every refusal of a warehouse that was overruled', async () => {
    await scene.run();
    const stocks = new Map([...withZeros(ARTICULOS)].slice(50));
    const filas = toFilas(withZeros(ARTICULOS)).map((fila, index) =>
      index < 50 ? { ...fila, stock: 'abc' } : fila,
    );
    scene.klk.fail('AAA', answering({ meta: createMeta(['AAA'], ARTICULOS), articulos: filas }));
    scene.expectLoad('AAA', new Map([...[...existencias('AAA', 1)].slice(0, 50), ...stocks]));
    const { ejecucionId } = await scene.run({ forzar: true });
    expect(
      await scene.database.query(
        `SELECT forzado_codigo FROM etl_ejecucion_almacenes WHERE ejecucion_id = $1::uuid AND almacen_codigo = 'AAA'`,
        [ejecucionId],
      ),
    ).toEqual([{ forzado_codigo: ['FILAS_MALAS', 'SOSPECHOSO_CEROS'] }]);
  });

  it('loads what can be read of many bad rows, but not when none can', async () => {
    scene.klk.fail('AAA', withBadRows(50));
    scene.expectLoad('AAA', new Map([...existencias('AAA', 2)].slice(50)));
    expect((await scene.run({ forzar: true })).estado).toBe('exitosa');
    await expectKept(scene, withBadRows(ARTICULOS), 'FILAS_MALAS', { forzar: true });
  });
});
