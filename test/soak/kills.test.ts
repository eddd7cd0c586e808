import { expect, it } from '@jest/globals';
import { killProcesses, killSessions, mortalInventory } from '../faults/deaths.ts';
import { useWatchedWorld } from '../faults/watched-world.ts';

/** With so many kills some must hit a transaction that writes. */
const KILLS = 100;
const LIMIT_MS = 1_200_000;

const world = mortalInventory(await useWatchedWorld());

it.each([
  ['processes', killProcesses],
  ['sessions on the server', killSessions],
] as const)(
  'Each warehouse is old or new, and the next run loads, after each of a hundred runs whose %s are killed at a random moment',
  async (_what, kill) => {
    expect(await kill(world, KILLS)).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
