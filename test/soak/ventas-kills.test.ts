import { expect, it } from '@jest/globals';
import { killProcesses, killSessions } from '../faults/deaths.ts';
import { mortalVentas, useWatchedVentas } from '../faults/watched-ventas.ts';

/** Some of so many must hit a transaction that writes, or the moments are ill chosen. */
const KILLS = 100;
const LIMIT_MS = 1_800_000;

const world = mortalVentas(await useWatchedVentas());

it.each([
  ['processes', killProcesses],
  ['sessions on the server', killSessions],
] as const)(
  'Each slice is old or new, and the next run loads, after each of a hundred runs of the sales whose %s are killed at a random moment',
  async (_what, kill) => {
    expect(await kill(world, KILLS)).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
