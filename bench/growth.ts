import type { Pool } from 'pg';
import { insertYears } from '../test/support/past-runs.ts';
import { median } from './case.ts';
import { generateHistory } from './growth/generate-history.ts';
import { askQuestions } from './growth/questions.ts';
import { openLane } from './lane.ts';
import type { Lane, Ran } from './lane.ts';
import { describeMachine, publish, toTargets } from './report.ts';
import { withServer } from './server.ts';
import { atLeast, atMost, format } from './target.ts';

/** `npm run bench:growth`: a run and the questions over two years of history, 100 million closed versions. Half an hour, 40 GB of disk. */

const ROUNDS = 7;

const LOTS_OF_WAL = { max_wal_size: '16GB' };

const log = (message: string): void => void process.stderr.write(`${message}\n`);

const insertRuns = (admin: Pool): Promise<void> =>
  insertYears(
    {
      query: async (sql, params = []) => (await admin.query<Record<string, unknown>>(sql, [...params])).rows,
    },
    3,
  );

/** Alternates the runs of two lanes, after one warm-up run of each. */
async function interleave(lanes: readonly [Lane, Lane]): Promise<[Ran[], Ran[]]> {
  const runs: [Ran[], Ran[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, lane] of lanes.entries()) {
      await lane.database.settle();
      const ran = await lane.run();
      if (round > 0) runs[index]?.push(ran);
    }
  }
  return runs;
}

await withServer(async (server) => {
  const short = await openLane(server, 'ours', {});
  const long = await openLane(server, 'ours', {});
  for (const lane of [short, long]) await lane.run();
  await insertRuns(long.database.admin);
  const versions = await generateHistory(long.database.owner);
  const { historicoMb } = await long.database.written();
  log(`${versions} versions, ${historicoMb} MB`);
  const questions = await askQuestions(long.database.admin);
  const [without, withHistory] = await interleave([short, long]);
  const ms = (runs: readonly Ran[]): number => median(runs.map((run) => run.ms));
  const walMb = (runs: readonly Ran[]): number => median(runs.map((run) => run.walMb));
  await short.close();
  await long.close();
  const result = [
    `**${format(versions)} closed versions of 24 months, ${format(historicoMb / 1000)} GB with their index**`,
    `A run takes ${format(ms(without))} ms without history and ${format(ms(withHistory))} ms with it (medians of ${ROUNDS}, in turns), and writes ${format(walMb(without))} and ${format(walMb(withHistory))} MB of WAL right after a checkpoint.`,
    toTargets([
      atLeast('100 million versions', versions / 1e6, 100, ' million'),
      atMost('a run is at most 1.1 x as slow', ms(withHistory) / ms(without), 1.1, ' x'),
    ]),
    questions,
  ].join('\n\n');
  await publish('growth', `${result}\n\n${describeMachine(server.version)}`);
}, LOTS_OF_WAL);
