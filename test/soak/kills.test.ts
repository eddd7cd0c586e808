import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { killProcesses, killSessions } from '../support/kills.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';

/** Some of so many must hit a transaction that writes, or the moments are ill chosen. */
const KILLS = 100;
const LIMIT_MS = 1_200_000;

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
afterAll(() => scene.close());

it(
  'A hundred processes killed at random moments leave every warehouse old or new, and the next run heals',
  async () => {
    expect(await killProcesses(scene, KILLS)).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

it(
  'A hundred times all sessions killed at random moments: the same',
  async () => {
    expect(await killSessions(scene, KILLS)).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
