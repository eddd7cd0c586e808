import { beforeEach, describe, expect, it } from '@jest/globals';
import { MENSAJES_ALMACEN } from '../../lambdas/inventario-klk/log.ts';
import type { ArticuloKlk } from '../../local/klk-simulator/articulos.ts';
import { ARTICULOS, answeringRows, existencias, toFilas } from './klk-answers.ts';
import type { Existencias } from './klk-answers.ts';
import { almacenOf, expectKept } from './expectations.ts';
import { useWatchedWorld } from './watched-world.ts';

const world = await useWatchedWorld();
beforeEach(() => world.reset());

const VIEJA = existencias('AAA', 1);
const NUEVA = existencias('AAA', 2);

/** These stocks, each changed. */
const mapStocks = (
  stocks: Existencias,
  change: (stock: number, index: number) => number,
): Map<string, number> => new Map([...stocks].map(([code, stock], index) => [code, change(stock, index)]));

const answer = (stocks: Existencias): ReturnType<typeof answeringRows> => answeringRows(toFilas(stocks));

/** Version 2 of AAA in which the first so many articles have no stock. */
const withZeros = (zeros: number): Existencias =>
  mapStocks(NUEVA, (stock, index) => (index < zeros ? 0 : stock));

/** Version 2 of AAA without its last so many articles. */
const without = (missing: number): Existencias => new Map([...NUEVA].slice(0, ARTICULOS - missing));

/** What an answer makes of version 2 of AAA: every row of it, changed. */
const transformed = (
  change: (fila: ArticuloKlk, index: number) => object,
): ReturnType<typeof answeringRows> => answeringRows(toFilas(NUEVA).map(change));

/** Version 2 of AAA in which the stock of the first so many articles cannot be read. */
const withBadRows = (bad: number): ReturnType<typeof answeringRows> =>
  transformed((fila, index) => (index < bad ? { ...fila, stock: 'abc' } : fila));

/** A row whose code lost its zero padding. */
const otherCode = ({ Codigo, ...fila }: ArticuloKlk): object => ({ ...fila, Codigo: String(Number(Codigo)) });

const THIRTY_PERCENT = 0.3 * ARTICULOS;

/** Version 1 of AAA, in which only the first 60 articles have stock. */
const SIXTY = mapStocks(VIEJA, (stock, index) => (index < 60 ? stock : 0));

describe('A snapshot of which the stock is zero', () => {
  it('A first snapshot that is all zero is refused', async () => {
    await expectKept(world, answer(withZeros(ARTICULOS)), 'SOSPECHOSO_CEROS');
  });

  it.each([
    ['all', ARTICULOS],
    ['more than 30 %', THIRTY_PERCENT + 1],
  ])('A snapshot in which %s of the stock turned zero is refused', async (_share, zeros) => {
    await world.run();
    await expectKept(world, answer(withZeros(zeros)), 'SOSPECHOSO_CEROS');
  });

  it('A snapshot in which 30 % of the stock turned zero is loaded', async () => {
    await world.run();
    world.serve('AAA', withZeros(THIRTY_PERCENT));
    expect((await world.run()).estado).toBe('exitosa');
  });
});

describe('A snapshot in which articles are gone', () => {
  it('A snapshot in which more than 30 % of the articles are gone is refused', async () => {
    await world.run();
    await expectKept(world, answer(without(THIRTY_PERCENT + 1)), 'SOSPECHOSO_ENCOGIDO');
  });

  it('A snapshot in which 30 % of the articles are gone retires them', async () => {
    await world.run();
    world.serve('AAA', without(THIRTY_PERCENT));
    expect(almacenOf(await world.run(), 'AAA')).toMatchObject({
      estado: 'cargado',
      retirados: THIRTY_PERCENT,
    });
  });

  it('A first snapshot is compared with nothing', async () => {
    world.serve('AAA', without(THIRTY_PERCENT + 1));
    expect((await world.run()).estado).toBe('exitosa');
  });
});

describe('A consistent answer that is no inventory of the warehouse', () => {
  it.each([
    ['no code has its zero padding', transformed(otherCode), 'SOSPECHOSO_ENCOGIDO'],
    [
      'no code has its zero padding, and no warehouse is named',
      answeringRows(toFilas(NUEVA).map(otherCode), { almacences_filtrados: undefined }),
      'SOSPECHOSO_ENCOGIDO',
    ],
    [
      'no code has its zero padding, and one is unreadable',
      transformed((fila, index) => ({ ...otherCode(fila), ...(index === 0 && { Codigo: '' }) })),
      'SOSPECHOSO_ENCOGIDO',
    ],
    [
      'as many unknown articles as known ones arrive',
      answeringRows([...toFilas(NUEVA), ...toFilas(NUEVA).map(otherCode)]),
      'SOSPECHOSO_NUEVOS',
    ],
    ['the stock is negative', answer(mapStocks(NUEVA, (stock) => -stock)), 'SOSPECHOSO_CEROS'],
    [
      'every article has ten times as much',
      answer(mapStocks(NUEVA, (stock) => stock * 10)),
      'SOSPECHOSO_CAMBIOS',
    ],
    [
      'every article has a thousandth',
      answer(mapStocks(NUEVA, (stock) => stock / 1000)),
      'SOSPECHOSO_CAMBIOS',
    ],
    ['every article has the same figure', answer(mapStocks(NUEVA, () => 7)), 'SOSPECHOSO_CAMBIOS'],
  ] as const)('A snapshot is refused when %s', async (_what, fault, codigo) => {
    await world.run();
    await expectKept(world, fault, codigo);
  });

  it.each([
    ['they are gone', new Map([...SIXTY].slice(59)), 'SOSPECHOSO_CEROS'],
    ['they have ten times as much', mapStocks(SIXTY, (stock) => stock * 10), 'SOSPECHOSO_CAMBIOS'],
    ['most others have stock too', mapStocks(SIXTY, (stock) => stock || 10), 'SOSPECHOSO_CAMBIOS'],
  ] as const)(
    'A snapshot of a warehouse with stock in few articles is refused when %s',
    async (_what, stocks, codigo) => {
      world.serve('AAA', SIXTY);
      await world.run();
      await expectKept(world, answer(stocks), codigo);
    },
  );

  it('A snapshot in which all negative stock turned positive is refused', async () => {
    world.serve(
      'AAA',
      mapStocks(VIEJA, (stock) => -stock),
    );
    await world.run();
    await expectKept(world, answer(NUEVA), 'SOSPECHOSO_CAMBIOS');
  });

  it('A snapshot that fills an empty warehouse again is loaded', async () => {
    world.serve(
      'AAA',
      mapStocks(VIEJA, () => 0),
    );
    await world.run({ forzar: true });
    world.serve('AAA', NUEVA);
    expect((await world.run()).estado).toBe('exitosa');
  });
});

describe('Unreadable rows', () => {
  it('A snapshot with more than 1 % of unreadable rows is refused', async () => {
    await world.run();
    const mensaje = await expectKept(world, withBadRows(3), 'FILAS_MALAS');
    expect(mensaje).toContain('3 de 210 filas (1,4 %)');
  });

  it('Up to 1 % of unreadable rows are quarantined, and the rest is loaded', async () => {
    await world.run();
    world.klk.setFault('AAA', withBadRows(2));
    world.expectLoad('AAA', new Map([...NUEVA, ...[...VIEJA].slice(0, 2)]));
    expect(almacenOf(await world.run(), 'AAA')).toMatchObject({
      estado: 'cargado',
      rechazados: 2,
      conservados: 2,
    });
  });
});

describe('A store that a person forces', () => {
  const overruledIn = (ejecucionId: string): Promise<unknown> =>
    world.database.query(
      `SELECT almacen_codigo AS almacen, forzado_codigo AS codigos FROM etl_ejecucion_almacenes
        WHERE ejecucion_id = $1::uuid AND forzado_codigo IS NOT NULL`,
      [ejecucionId],
    );

  it.each([
    ['all zeros are', withZeros(ARTICULOS), 'SOSPECHOSO_CEROS'],
    ['a shrunk warehouse is', without(ARTICULOS - 5), 'SOSPECHOSO_ENCOGIDO'],
  ])(
    '%s loaded, the overruled refusal is recorded, and the next run accepts the same',
    async (_what, stocks, overruled) => {
      await world.run();
      world.serve('AAA', stocks);
      const { ejecucionId, estado } = await world.run({ forzar: true });
      expect(estado).toBe('exitosa');
      expect(world.lines().map(({ message }) => message)).toContain(MENSAJES_ALMACEN.forzado);
      expect(
        await world.database.query('SELECT forzar FROM etl_ejecuciones WHERE id = $1::uuid', [ejecucionId]),
      ).toEqual([{ forzar: true }]);
      expect(await overruledIn(ejecucionId)).toEqual([{ almacen: 'AAA', codigos: [overruled] }]);
      expect((await world.run()).estado).toBe('exitosa');
    },
  );

  it('Every overruled refusal of a warehouse is recorded', async () => {
    await world.run();
    const filas = toFilas(withZeros(ARTICULOS)).map((fila, index) =>
      index < 50 ? { ...fila, stock: 'abc' } : fila,
    );
    world.klk.setFault('AAA', answeringRows(filas));
    world.expectLoad('AAA', new Map([...withZeros(ARTICULOS), ...[...VIEJA].slice(0, 50)]));
    const { ejecucionId } = await world.run({ forzar: true });
    expect(await overruledIn(ejecucionId)).toEqual([
      { almacen: 'AAA', codigos: ['FILAS_MALAS', 'SOSPECHOSO_CEROS'] },
    ]);
  });

  it('The readable rows are loaded among many unreadable ones, and nothing when none is readable', async () => {
    world.klk.setFault('AAA', withBadRows(50));
    world.expectLoad('AAA', new Map([...NUEVA].slice(50)));
    expect((await world.run({ forzar: true })).estado).toBe('exitosa');
    await expectKept(world, withBadRows(ARTICULOS), 'FILAS_MALAS', { forzar: true });
  });
});
