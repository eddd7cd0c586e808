import type { Pool } from 'pg';
import { insertYears } from '../../test/support/past-runs.ts';
import { openLane } from '../lane.ts';
import { toTargets } from '../report.ts';
import type { BenchServer } from '../server.ts';
import { atLeast, atMost, format } from '../target.ts';
import { askQuestions } from './ask-questions.ts';
import { generateHistory } from './generate-history.ts';
import { HISTORY_QUESTIONS } from './history-questions.ts';
import { compareRuns, ROUNDS } from './interleave.ts';

const insertRuns = (admin: Pool): Promise<void> =>
  insertYears(
    {
      query: async (sql, params = []) => (await admin.query<Record<string, unknown>>(sql, [...params])).rows,
    },
    3,
  );

/** Measures a run and the questions over two years of stock: 100 million closed versions. */
export async function measureHistory(server: BenchServer): Promise<string> {
  const short = await openLane(server, 'ours', {});
  const long = await openLane(server, 'ours', {});
  for (const lane of [short, long]) await lane.run();
  await insertRuns(long.database.admin);
  const versions = await generateHistory(long.database.owner);
  const { historicoMb } = await long.database.written();
  const questions = await askQuestions(long.database.admin, HISTORY_QUESTIONS);
  const [without, withHistory] = await compareRuns(short, long);
  await short.close();
  await long.close();
  return [
    `**${format(versions)} closed versions of 24 months, ${format(historicoMb / 1000)} GB with their index**`,
    `A run takes ${format(without.ms)} ms without history and ${format(withHistory.ms)} ms with it (medians of ${ROUNDS}, in turns), and writes ${format(without.walMb)} and ${format(withHistory.walMb)} MB of WAL right after a checkpoint.`,
    toTargets([
      atLeast('100 million versions', versions / 1e6, 100, ' million'),
      atMost('a run is at most 1.1 x as slow', withHistory.ms / without.ms, 1.1, ' x'),
    ]),
    questions,
  ].join('\n\n');
}
