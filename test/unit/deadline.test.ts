import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { abortable, deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';

describe('a deadline', () => {
  it('counts down, and aborts when it passes', async () => {
    const { remainingMs, signal } = deadlineIn(500);

    expect(remainingMs()).toBeGreaterThan(0);
    expect(remainingMs()).toBeLessThanOrEqual(500);
    expect(signal.aborted).toBe(false);
    await sleep(520);
    expect(remainingMs()).toBe(0);
    expect(signal.reason).toMatchObject({ codigo: 'SIN_TIEMPO' });
  });

  it.each([0, -5_000])('has passed from the beginning with %i ms', (budgetMs) => {
    const { remainingMs, signal } = deadlineIn(budgetMs);

    expect(remainingMs()).toBe(0);
    expect(signal.reason).toMatchObject({ codigo: 'SIN_TIEMPO' });
  });

  it('also ends when it is aborted, with the reason given', () => {
    const other = new AbortController();
    const deadline = orAborted(deadlineIn(60_000), other.signal);
    const reason = new Error('candado perdido');

    other.abort(reason);

    expect(deadline.signal.reason).toBe(reason);
    expect(deadline.remainingMs()).toBeGreaterThan(59_000);
  });
});

describe('work that a signal aborts', () => {
  const reason = new PipelineError('SIN_TIEMPO', 'prueba');
  const aborting = (): AbortSignal => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(reason);
    }, 10);
    return controller.signal;
  };

  it.each([
    ['timers', (signal: AbortSignal) => sleep(60_000, undefined, { signal })],
    ['events', (signal: AbortSignal) => once(new EventEmitter(), 'nunca', { signal })],
    ['an error of its own after the abort', (signal: AbortSignal) => once(signal, 'abort').then(fail)],
    ['no notice of the abort', () => new Promise<unknown>(() => undefined)],
  ])('throws the reason of the signal, not the error of a library: %s', async (_library, work) => {
    const signal = aborting();

    await expect(abortable(signal, () => work(signal))).rejects.toBe(reason);
  });

  it('is not begun once the signal has aborted', async () => {
    let begun = false;
    const work = (): Promise<void> => {
      begun = true;
      return Promise.resolve();
    };

    await expect(abortable(AbortSignal.abort(reason), work)).rejects.toBe(reason);
    expect(begun).toBe(false);
  });

  it('otherwise returns its result or throws its own error', async () => {
    const { signal } = new AbortController();

    await expect(abortable(signal, () => Promise.resolve('hecho'))).resolves.toBe('hecho');
    await expect(abortable(signal, fail)).rejects.toThrow('fallo propio');
  });
});

const fail = (): Promise<never> => Promise.reject(new Error('fallo propio'));
