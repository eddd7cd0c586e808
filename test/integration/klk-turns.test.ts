import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { HoldTurn } from '../../lambdas/core/klk/turns.ts';
import { createKlkTurns } from '../../lambdas/core/run/klk-turns.ts';
import { useDatabase } from '../support/database.ts';

const database = await useDatabase();

/** Requests under way, by run, and how many there were at most. */
let underWay: { now: number; most: number };
let served: string[];

beforeEach(() => {
  underWay = { now: 0, most: 0 };
  served = [];
});

/** A run that has the session of its lock, and what it asks KLK for. */
async function withRun<T>(
  fn: (hold: HoldTurn, session: Client) => Promise<T>,
  { atOnce = 3, signal = new AbortController().signal } = {},
): Promise<T> {
  const session = new Client({ ...toClientConfig(database.etl), pipeline: true });
  await session.connect();
  try {
    return await fn(createKlkTurns(session, atOnce, signal), session);
  } finally {
    await session.end();
  }
}

/** A request to KLK that takes this long. */
const request = (run: string, ms: number) => async (): Promise<void> => {
  underWay.now += 1;
  underWay.most = Math.max(underWay.most, underWay.now);
  await sleep(ms);
  underWay.now -= 1;
  served.push(run);
};

/** Asks for everything, as many at once as there are turns. */
async function askAll(hold: HoldTurn, run: string, requests: number, ms: number, atOnce = 3): Promise<void> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await hold(request(run, ms));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

it('Two runs together have no more requests at KLK than one may have', async () => {
  await Promise.all([
    withRun((hold) => askAll(hold, 'a', 12, 15)),
    withRun((hold) => askAll(hold, 'b', 12, 15)),
  ]);

  expect(underWay.most).toBe(3);
  expect(served).toHaveLength(24);
});

it('A run gets its turns before an earlier run has done all its work', async () => {
  await withRun(async (hold) => {
    const first = askAll(hold, 'a', 60, 15);
    await sleep(60);
    await withRun((other) => askAll(other, 'b', 3, 15));

    expect(served.filter((run) => run === 'a').length).toBeLessThan(50);
    await first;
  });
});

it('A run alone asks the database for three turns, however many requests it has', async () => {
  await withRun(async (hold, session) => {
    let taken = 0;
    const query = session.query.bind(session);
    Object.assign(session, {
      query: (text: string, params: unknown[]) => {
        if (text.includes('unnest')) taken += 1;
        return query(text, params);
      },
    });
    await askAll(hold, 'a', 30, 2);

    expect(taken).toBe(3);
  });
});

it('A turn is free again after its request, and after its session has ended', async () => {
  await withRun(async (hold) => {
    await expect(hold(() => Promise.reject(new Error('KLK')))).rejects.toThrow('KLK');
    await withRun((other) => askAll(other, 'b', 3, 1));
  });
  await withRun(async (hold, session) => {
    const held = hold(request('a', 200));
    await sleep(30);
    await session.end();
    await withRun((other) => askAll(other, 'b', 3, 1));
    await held;
  });

  expect(served).toEqual(['b', 'b', 'b', 'b', 'b', 'b', 'a']);
});

it('A run that ends stops waiting for a turn', async () => {
  const over = new AbortController();
  await withRun(
    async (hold) => {
      const long = hold(request('a', 400));
      await sleep(30);
      const waiting = withRun((other) => other(request('b', 1)), { atOnce: 1, signal: over.signal });
      setTimeout(() => {
        over.abort(new Error('se acabó'));
      }, 50);

      await expect(waiting).rejects.toThrow('se acabó');
      await long;
    },
    { atOnce: 1 },
  );
  expect(served).toEqual(['a']);
});
