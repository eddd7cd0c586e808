import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startChildRun } from '../support/child-run.ts';
import { holdAnswer } from '../support/faulty-klk.ts';
import type { Behaviour } from '../support/faulty-klk.ts';
import { DIED } from '../support/kills.ts';
import { createScene } from '../support/run-harness.ts';
import type { Ended, Scene } from '../support/run-harness.ts';

/** The server must free the turn of a client that is gone within this time. */
const FREED_WITHIN_MS = 120_000;

/** Longer than a session may be silent; a holder that works is not. */
const LONG_MS = 75_000;

/** Says a little now and then, for a KLK that says nothing at all is given up within seconds. */
const DRIP_EVERY_MS = 2_000;

/** Begins its answer at once and takes this long for the rest. */
const drippingFor =
  (ms: number): Behaviour =>
  (response, healthy) => {
    const dripping = setInterval(() => response.write(' '), DRIP_EVERY_MS);
    setTimeout(() => {
      clearInterval(dripping);
      response.end(JSON.stringify(healthy));
    }, ms);
  };

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
beforeEach(async () => {
  await scene.reset();
  await scene.run();
});
afterAll(() => scene.close());

it(
  'The server frees the turn of a frozen client within two minutes, by the limits that the pipeline really asks for',
  async () => {
    const child = await startChildRun(scene.klk.url, scene.settings);
    const answer = holdAnswer();
    scene.klk.fail('CCC', answer.behaviour, 1);
    await scene.watch(async () => {
      child.go();
      await answer.asked;
      child.signal('SIGSTOP');
      const frozenAt = performance.now();
      const attempts: Ended[] = [];
      do attempts.push(await scene.start());
      while (attempts.at(-1)?.resumen?.estado === 'omitida');
      expect(attempts.at(-1)?.resumen?.estado).toBe('exitosa');
      expect(performance.now() - frozenAt).toBeLessThan(FREED_WITHIN_MS);
      child.signal('SIGCONT');
      answer.release();
      await child.exited;
      return [DIED, ...attempts];
    });
  },
  2 * FREED_WITHIN_MS,
);

it(
  'A healthy holder is never cut off, however long KLK keeps it waiting',
  async () => {
    scene.klk.fail('CCC', drippingFor(LONG_MS), 1);
    const resumen = await scene.run({ limitMs: 2 * LONG_MS, klk: { timeoutMs: 2 * LONG_MS } });
    expect(resumen.estado).toBe('exitosa');
    expect(resumen.duracionMs).toBeGreaterThan(LONG_MS);
  },
  3 * LONG_MS,
);
