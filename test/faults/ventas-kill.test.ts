import { describe, it } from '@jest/globals';
import { killProcesses, killSessions } from './deaths.ts';
import { mortalVentas, useWatchedVentas } from './watched-ventas.ts';

/** A sample; `npm run soak` kills a hundred of each. */
const KILLS = 6;

const world = mortalVentas(await useWatchedVentas());

describe('A run of the sales that is killed at a random moment', () => {
  it('Each slice is old or new, and the next run loads and records the dead one as abandoned, when its process is killed', async () => {
    await killProcesses(world, KILLS);
  });

  it('Each slice is old or new, and the next run loads, when its sessions on the server are ended', async () => {
    await killSessions(world, KILLS);
  });
});
