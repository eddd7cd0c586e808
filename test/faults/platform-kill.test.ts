import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { killProcesses, killSessions } from '../support/kills.ts';
import { createScene } from '../support/run-harness.ts';
import type { Scene } from '../support/run-harness.ts';

/** A sample; `npm run soak` kills a hundred of each. */
const KILLS = 6;

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
afterAll(() => scene.close());

describe('killed at any instant', () => {
  it('the process: old or new everywhere, and the next run heals and closes the dead run', async () => {
    await killProcesses(scene, KILLS);
  });

  it('its sessions on the server: the same', async () => {
    await killSessions(scene, KILLS);
  });
});
