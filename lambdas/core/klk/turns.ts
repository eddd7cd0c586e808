import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import type { Breaker } from './breaker.ts';

/** Room in memory for one answer: taken before each attempt, released when the attempt fails or its answer is processed. */
export interface AnswerSlot {
  take(): Promise<void>;
  release(): void;
}

/** The queue of attempts, first in, first out: a repeated attempt comes after the first ones of all other subjects. */
export interface Turns {
  /** For the answers of one subject: a warehouse, or the slices of a store. */
  createAnswerSlot(): AnswerSlot;
  /**
   * Runs an attempt once it has its slot in memory and its turn. While the breaker is in doubt, first attempts wait and hold neither.
   * After a success the slot stays taken: the caller releases it when the answer is processed.
   */
  take<T>(slot: AnswerSlot, intento: number, attempt: () => Promise<T>): Promise<T>;
}

/** Runs one request while holding a turn that is shared with other runs. */
export type HoldTurn = <T>(request: () => Promise<T>) => Promise<T>;

/** For a run that shares its turns with no other, such as a dry run. */
const ofThisRunAlone: HoldTurn = (request) => request();

/** Limits how many attempts run at once, each with a turn shared with other runs, and how many answers are in memory. */
export function createTurns(
  attemptsAtOnce: number,
  answersInMemory: number,
  breaker: Breaker,
  holdTurn: HoldTurn = ofThisRunAlone,
): Turns {
  const attempts = pLimit(attemptsAtOnce);
  const answers = pLimit(answersInMemory);
  return {
    createAnswerSlot: () => createAnswerSlot(answers),
    take: async (slot, intento, attempt) => {
      const isFirst = intento === 1;
      for (;;) {
        if (isFirst) await breaker.untilSure();
        await slot.take();
        try {
          const done = await attempts(() =>
            holdTurn(async () => (isFirst && breaker.inDoubt() ? undefined : { value: await attempt() })),
          );
          if (done !== undefined) return done.value;
        } catch (error) {
          slot.release();
          throw error;
        }
        slot.release();
      }
    },
  };
}

function createAnswerSlot(answers: LimitFunction): AnswerSlot {
  let release = (): void => undefined;
  return {
    take: () =>
      new Promise((taken) => {
        void answers(
          () =>
            new Promise<void>((released) => {
              release = released;
              taken();
            }),
        );
      }),
    release: () => {
      release();
    },
  };
}
