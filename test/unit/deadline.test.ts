import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { deadlineIn, orAborted } from '../../lambdas/inventario-klk/deadline.ts';

describe('a deadline', () => {
  it('counts down, and aborts when it passes', async () => {
    const { remainingMs, signal } = deadlineIn(60);

    expect(remainingMs()).toBeGreaterThan(0);
    expect(remainingMs()).toBeLessThanOrEqual(60);
    expect(signal.aborted).toBe(false);
    await sleep(80);
    expect(remainingMs()).toBe(0);
    expect(signal.reason).toMatchObject({ codigo: 'SIN_TIEMPO' });
  });

  it.each([0, -5_000])('has passed at once with %i ms', async (budgetMs) => {
    const { remainingMs, signal } = deadlineIn(budgetMs);

    expect(remainingMs()).toBe(0);
    await sleep(10);
    expect(signal.aborted).toBe(true);
  });

  it('also ends for another reason, which is the one given', () => {
    const other = new AbortController();
    const deadline = orAborted(deadlineIn(60_000), other.signal);
    const reason = new Error('candado perdido');

    other.abort(reason);

    expect(deadline.signal.reason).toBe(reason);
    expect(deadline.remainingMs()).toBeGreaterThan(59_000);
  });
});
