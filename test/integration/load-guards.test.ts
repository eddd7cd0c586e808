import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { loadAlmacen } from '../../lambdas/inventario-klk/load/load-almacen.ts';
import { toPipelineError } from '../../lambdas/core/errors/errors.ts';
import { useDatabase } from '../support/database.ts';
import { readInventario } from '../support/inventory.ts';
import { load, resetInventario, withPipelineDatabase } from '../support/inventory.ts';
import { at, ejecucion, snapshot } from '../support/snapshots.ts';

const database = await useDatabase();

/** Those of production. */
const THRESHOLDS = { badRows: 0.01, lost: 0.3, gone: 0.3, unknown: 0.5, altered: 0.3 };

type Stocks = Readonly<Record<string, string>>;

/** Six digits, as KLK writes codes. */
const codigo = (n: number): string => String(n).padStart(6, '0');

/** The guards judge shares from so many articles on. */
const JUDGED = 20;

/** A warehouse of 60 to 200 articles, of which 40 % to nearly all have stock, 20 of them or more a positive one, and a few are oversold. */
const inventory = fc
  .record({
    size: fc.integer({ min: 60, max: 200 }),
    stocked: fc.double({ min: 0.4, max: 0.95, noNaN: true }),
  })
  .chain(({ size, stocked }) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        index < size * stocked
          ? index < JUDGED
            ? fc.integer({ min: 8, max: 900 })
            : fc.oneof(
                { weight: 9, arbitrary: fc.integer({ min: 8, max: 900 }) },
                { weight: 1, arbitrary: fc.integer({ min: -40, max: -8 }) },
              )
          : fc.constant(0),
      ),
    ),
  )
  .map((stocks): Stocks =>
    Object.fromEntries(stocks.map((stock, index) => [codigo(index + 1), String(stock)])),
  );

const entriesOf = (
  stocks: Stocks,
  change: (codigo: string, stock: number, index: number) => [string, number][],
): Stocks =>
  Object.fromEntries(
    Object.entries(stocks).flatMap(([code, stock], index) =>
      change(code, Number(stock), index).map(([changed, value]) => [changed, String(value)]),
    ),
  );

/** Ways to destroy an inventory with an answer that is complete and readable. */
const CATASTROPHES: Readonly<Record<string, (stocks: Stocks) => Stocks>> = {
  'codes without their padding': (stocks) =>
    entriesOf(stocks, (code, stock) => [[String(Number(code)), stock]]),
  'the codes of another scheme': (stocks) => entriesOf(stocks, (code, stock) => [[`P-${code}`, stock]]),
  'other codes for two thirds': (stocks) =>
    entriesOf(stocks, (code, stock, index) => [[index % 3 === 0 ? code : `P-${code}`, stock]]),
  'other codes beside the old ones': (stocks) =>
    entriesOf(stocks, (code, stock) => [
      [code, stock],
      [`P-${code}`, stock],
    ]),
  'none of the articles with stock but one': (stocks) => {
    const kept = Object.keys(stocks).find((code) => Number(stocks[code]) > 0);
    return entriesOf(stocks, (code, stock) => (stock > 0 && code !== kept ? [] : [[code, stock]]));
  },
  'the other sign': (stocks) => entriesOf(stocks, (code, stock) => [[code, stock === 0 ? 0 : -stock]]),
  'the stock of the next article': (stocks) => {
    const values = Object.values(stocks).map(Number);
    const stocked = values.filter((stock) => stock > 0).length;
    return entriesOf(stocks, (code, _stock, index) => [
      [code, values[(index + stocked) % values.length] ?? 0],
    ]);
  },
  'a thousand times the stock': (stocks) => entriesOf(stocks, (code, stock) => [[code, stock * 1000]]),
  'a tenth of the stock': (stocks) => entriesOf(stocks, (code, stock) => [[code, stock / 10]]),
  'one unit everywhere': (stocks) => entriesOf(stocks, (code) => [[code, 1]]),
};

/** What half an hour of trade does: some stocks fall a little, a few articles come, go, sell out or are delivered. */
const afterTrade = (stocks: Stocks, seed: number): Stocks => ({
  ...entriesOf(stocks, (code, stock, index) => {
    const luck = (index * 7919 + seed) % 100;
    if (luck < 2) return [];
    if (luck < 6) return [[code, 0]];
    if (luck < 10) return [[code, stock + 500]];
    return [[code, luck < 60 && stock > 0 ? stock - 1 : stock]];
  }),
  [codigo(1000 + seed)]: '12',
});

/** Loads a snapshot without `forzar`. Returns the code of its refusal. */
const refusalOf = (stocks: Stocks, extraccion: Date): Promise<string | undefined> =>
  withPipelineDatabase(database.etl, (pipeline) =>
    loadAlmacen(
      pipeline,
      snapshot(stocks, { extraccion, forzar: false, ejecucionId: ejecucion(2) }),
      THRESHOLDS,
      deadlineIn(60_000),
    ).then(
      () => undefined,
      (error: unknown) => toPipelineError(error).codigo,
    ),
  );

it.each(Object.entries(CATASTROPHES))('A snapshot is refused that has %s', async (_what, destroy) => {
  await fc.assert(
    fc.asyncProperty(inventory, async (stocks) => {
      await resetInventario(database);
      await load(database.etl, snapshot(stocks));
      const before = await readInventario(database);

      expect(await refusalOf(destroy(stocks), at('10:30'))).toMatch(/^SOSPECHOSO_/);
      expect(await readInventario(database)).toEqual(before);
    }),
    { numRuns: 5, endOnFailure: true },
  );
});

it('A snapshot is loaded that differs from the last one by half an hour of trade', async () => {
  await fc.assert(
    fc.asyncProperty(inventory, fc.integer({ min: 0, max: 99 }), async (stocks, seed) => {
      await resetInventario(database);
      await load(database.etl, snapshot(stocks));

      expect(await refusalOf(afterTrade(stocks, seed), at('10:30'))).toBeUndefined();
      expect(await readInventario(database)).toHaveLength(Object.keys(afterTrade(stocks, seed)).length);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
