import type { Pool } from 'pg';
import { insertYears } from '../test/support/past-runs.ts';
import { median } from './case.ts';
import { generateHistory } from './growth/generate-history.ts';
import type { Stretch } from './growth/generate-history.ts';
import { askQuestions } from './growth/questions.ts';
import { openLane } from './lane.ts';
import type { Lane } from './lane.ts';
import { describeMachine, publish, toTargets } from './report.ts';
import { withServer } from './server.ts';
import type { BenchServer } from './server.ts';
import { atMost, format } from './target.ts';

/** `npm run bench:growth`: a run and the questions over a history of 100 million rows. Needs 30 GB of disk and half an hour. */

const DAY = 24 * 60;

/** Every half hour for 24 days, and once a day for half a year before. */
const COMPLETO: readonly Stretch[] = [
  { versions: 24 * 48, minutes: 30 },
  { versions: 180, minutes: DAY },
];

/** Every article changes 48 times in 20 days for half a year, which is 5 % of them per run, and once a week for two years before. */
const CAMBIOS: readonly Stretch[] = [
  { versions: 48 * 9, minutes: 600 },
  { versions: 104, minutes: 7 * DAY },
];

const ROUNDS = 7;

const LOTS_OF_WAL = { max_wal_size: '16GB' };

const log = (message: string): void => void process.stderr.write(`${message}\n`);

async function measureCompleto(server: BenchServer): Promise<string> {
  const short = await openLane(server, 'ours', {});
  const long = await openLane(server, 'ours', {});
  for (const lane of [short, long]) await lane.run();
  const rows = await generateHistory(long.database.owner, COMPLETO);
  log(`${rows} rows`);
  const [without, withHistory] = await interleave([short, long]);
  const { historicoMb } = await long.database.written();
  await insertRuns(long.database.admin);
  const questions = await askQuestions(long.database.admin);
  await short.close();
  await long.close();
  return [
    `**Mode \`completo\`: ${format(rows)} rows of history, ${format(historicoMb / 1000)} GB with their indexes**`,
    `A run takes ${format(without)} ms without history and ${format(withHistory)} ms with it (medians of ${ROUNDS}, in turns).`,
    toTargets([atMost('a run is at most 1.15 x as slow', withHistory / without, 1.15, ' x')]),
    questions,
  ].join('\n\n');
}

const insertRuns = (admin: Pool): Promise<void> =>
  insertYears(
    {
      query: async (sql, params = []) => (await admin.query<Record<string, unknown>>(sql, [...params])).rows,
    },
    3,
  );

async function interleave(lanes: readonly [Lane, Lane]): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, lane] of lanes.entries()) {
      await lane.database.settle();
      const { ms } = await lane.run();
      if (round > 0) times[index]?.push(ms);
    }
  }
  return [median(times[0]), median(times[1])];
}

async function measureCambios(server: BenchServer): Promise<string> {
  const lane = await openLane(server, 'ours', {});
  await lane.run();
  // Articles change at runs of their own, spread over ten hours.
  await lane.database.admin.query(
    `UPDATE inventario_actual SET vigente_desde = vigente_desde - make_interval(mins => 30 * (producto_id::integer * 7 % 20))`,
  );
  const rows = await generateHistory(lane.database.owner, CAMBIOS);
  const { historicoMb } = await lane.database.written();
  await insertRuns(lane.database.admin);
  const questions = await askQuestions(lane.database.admin);
  await lane.close();
  return [
    `**Mode \`cambios\`: ${format(rows)} rows of two and a half years, ${format(historicoMb / 1000)} GB with their indexes**`,
    questions,
  ].join('\n\n');
}

await withServer(async (server) => {
  const completo = await measureCompleto(server);
  const cambios = await measureCambios(server);
  await publish('growth', `${completo}\n\n${cambios}\n\n${describeMachine(server.version)}`);
}, LOTS_OF_WAL);
