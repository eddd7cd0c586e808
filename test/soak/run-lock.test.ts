import { beforeEach, expect, it } from '@jest/globals';
import type { KlkBehaviour } from '../../local/klk-simulator/faults.ts';
import { startChildRun } from '../faults/deaths.ts';
import { DIED } from '../faults/invariants.ts';
import type { Ended } from '../faults/invariants.ts';
import { useWatchedWorld } from '../faults/watched-world.ts';
import { holdAnswer } from '../faults/klk-answers.ts';

/** The server must take the lock from a client that is gone within this time. */
const FREED_WITHIN_MS = 120_000;

/** Longer than a session may be silent; a holder that works is not. */
const LONG_MS = 75_000;

/** The interval at which KLK sends a little, because a silent KLK is given up within seconds. */
const DRIP_EVERY_MS = 2_000;

/** Begins its answer at once and takes this long for the rest. */
const drippingFor =
  (ms: number): KlkBehaviour =>
  (response, healthy) => {
    const dripping = setInterval(() => response.write(' '), DRIP_EVERY_MS);
    setTimeout(() => {
      clearInterval(dripping);
      response.end(JSON.stringify(healthy));
    }, ms);
  };

const world = await useWatchedWorld();
beforeEach(async () => {
  await world.reset();
  await world.run();
});

it(
  'The server takes the lock from a frozen client within two minutes, with the limits of production',
  async () => {
    const child = await startChildRun(world);
    const answer = holdAnswer();
    world.klk.setFault('CCC', answer.behaviour, 1);
    await world.watch(async () => {
      child.go();
      await answer.asked;
      child.signal('SIGSTOP');
      const frozenAt = performance.now();
      const attempts: Ended[] = [];
      do attempts.push(await world.start());
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
  'A healthy run keeps the lock however long KLK takes to answer',
  async () => {
    world.klk.setFault('CCC', drippingFor(LONG_MS), 1);
    const resumen = await world.run({ limitMs: 2 * LONG_MS, klk: { timeoutMs: 2 * LONG_MS } });
    expect(resumen.estado).toBe('exitosa');
    expect(resumen.duracionMs).toBeGreaterThan(LONG_MS);
  },
  3 * LONG_MS,
);
