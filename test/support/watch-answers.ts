import { setTimeout as sleep } from 'node:timers/promises';
import type { Row, TestDatabase } from './database.ts';

/** How long the one who asks waits between two questions. */
const POLL_MS = 2;

/** Runs `work` while a session of its own asks one question again and again. Returns each answer that differs from the one before. */
export async function watchAnswers<T>(
  database: TestDatabase,
  question: string,
  params: readonly unknown[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly answers: readonly (readonly Row[])[] }> {
  const session = await database.openSession();
  const answers: Row[][] = [];
  const ask = async (): Promise<void> => {
    const answer = await session.query(question, params);
    if (JSON.stringify(answer) !== JSON.stringify(answers.at(-1))) answers.push(answer);
  };
  const askUntil = async (over: AbortSignal): Promise<void> => {
    while (!over.aborted) {
      await ask();
      await sleep(POLL_MS);
    }
    await ask();
  };
  try {
    await ask();
    const over = new AbortController();
    const working = work().finally(() => {
      over.abort();
    });
    const [result] = await Promise.all([working, askUntil(over.signal)]);
    return { result, answers };
  } finally {
    await session.end();
  }
}
