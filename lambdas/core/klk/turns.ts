import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import type { Breaker } from './breaker.ts';

/** A slot in memory for one warehouse's answer: taken before each attempt, released when it fails or the answer is processed. */
export interface MemoryPlace {
  take(): Promise<void>;
  leave(): void;
}

/** The queue of attempts, first in, first out: a repeated attempt comes after the first ones of all other warehouses. */
export interface Turns {
  /** One for each warehouse. */
  createPlace(): MemoryPlace;
  /**
   * Runs an attempt when there is a place in memory and a free slot. While the breaker is in doubt first attempts wait and hold neither.
   * After a success the place is kept.
   */
  take<T>(place: MemoryPlace, intento: number, attempt: () => Promise<T>): Promise<T>;
}

/** Runs one request while holding a turn that is shared with other runs. */
export type HoldTurn = <T>(request: () => Promise<T>) => Promise<T>;

/** What knows of no other run, such as a dry run. */
const ofThisRunAlone: HoldTurn = (request) => request();

/** Limits the attempts at the same time, each of which holds a turn shared with other runs, and the answers in memory. */
export function createTurns(
  attemptsAtOnce: number,
  answersInMemory: number,
  breaker: Breaker,
  holdTurn: HoldTurn = ofThisRunAlone,
): Turns {
  const slots = pLimit(attemptsAtOnce);
  const places = pLimit(answersInMemory);
  return {
    createPlace: () => createPlace(places),
    take: async (place, intento, attempt) => {
      const isFirst = intento === 1;
      for (;;) {
        if (isFirst) await breaker.untilSure();
        await place.take();
        try {
          const done = await slots(() =>
            holdTurn(async () => (isFirst && breaker.inDoubt() ? undefined : { value: await attempt() })),
          );
          if (done !== undefined) return done.value;
        } catch (error) {
          place.leave();
          throw error;
        }
        place.leave();
      }
    },
  };
}

function createPlace(places: LimitFunction): MemoryPlace {
  let leave = (): void => undefined;
  return {
    take: () =>
      new Promise((taken) => {
        void places(
          () =>
            new Promise<void>((left) => {
              leave = left;
              taken();
            }),
        );
      }),
    leave: () => {
      leave();
    },
  };
}
