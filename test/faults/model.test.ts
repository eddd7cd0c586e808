import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyWithin } from '../support/property.ts';
import { readRuns, readState } from './database-state.ts';
import { step } from './inventory-model.ts';
import { take } from './model-steps.ts';
import type { Model } from './model-steps.ts';
import { useWatchedWorld } from './watched-world.ts';

const SEQUENCES = 15;
const STEPS = 8;

/** On a slow machine fewer sequences must do. */
const NO_NEW_SEQUENCE_AFTER_MS = 30_000;

const world = await useWatchedWorld();

/** fast-check prints the seed of a failure, and the steps that led to it. */
it('Rows, history and run tables are what a model in memory says after any sequence of good and bad snapshots, crashes, late and concurrent runs', async () => {
  await fc.assert(
    propertyWithin(
      NO_NEW_SEQUENCE_AFTER_MS,
      fc.array(step, { minLength: STEPS, maxLength: STEPS }),
      async (steps) => {
        await world.reset();
        const model: Model = { stocks: new Map(), runs: new Map() };
        for (const next of steps) {
          await take(world, model, next);
          const state = await readState(world.database);
          const loaded = [...state].filter(([, { extraccion }]) => extraccion !== null);
          expect(new Map(loaded.map(([almacen, { existencias }]) => [almacen, existencias]))).toEqual(
            model.stocks,
          );
          expect(await readRuns(world.database)).toEqual(model.runs);
        }
      },
    ),
    { numRuns: SEQUENCES, endOnFailure: true },
  );
});
