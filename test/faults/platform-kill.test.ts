import { describe, it } from '@jest/globals';
import { killProcesses, killSessions, mortalInventory } from './deaths.ts';
import { useWatchedWorld } from './watched-world.ts';

/** A sample; `npm run soak` kills a hundred of each. */
const KILLS = 6;

const world = mortalInventory(await useWatchedWorld());

describe('A run that is killed at a random moment', () => {
  it('Each warehouse is old or new, and the next run loads and records the dead one as abandoned, when its process is killed', async () => {
    await killProcesses(world, KILLS);
  });

  it('Each warehouse is old or new, and the next run loads, when its sessions on the server are ended', async () => {
    await killSessions(world, KILLS);
  });
});
