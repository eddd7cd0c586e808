import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readState } from '../support/database-state.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';
import { step } from './inventory-model.ts';
import { readRuns, take } from './model-steps.ts';
import type { Model } from './model-steps.ts';

const SEQUENCES = 15;
const STEPS = 8;

/** On a slow machine fewer sequences must do. */
const NO_NEW_SEQUENCE_AFTER_MS = 30_000;

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
afterAll(() => scene.close());

/** fast-check prints the seed of a failure, and the steps that led to it. */
it('Whatever sequence of good and bad snapshots, crashes, late and concurrent runs: rows, history and run tables are what a model in memory says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
      await scene.reset();
      const model: Model = { stocks: new Map(), runs: new Map() };
      for (const next of steps) {
        await take(scene, model, next);
        const state = await readState(scene.database);
        const loaded = [...state].filter(([, { ultimaExtraccion }]) => ultimaExtraccion !== null);
        expect(new Map(loaded.map(([almacen, { existencias }]) => [almacen, existencias]))).toEqual(
          model.stocks,
        );
        expect(await readRuns(scene)).toEqual(model.runs);
      }
    }),
    { numRuns: SEQUENCES, interruptAfterTimeLimit: NO_NEW_SEQUENCE_AFTER_MS, endOnFailure: true },
  );
}, 120_000);
