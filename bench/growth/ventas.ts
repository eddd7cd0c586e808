import { createTiendas } from '../chain.ts';
import { openLane } from '../lane.ts';
import { toTargets } from '../report.ts';
import type { BenchDatabase, BenchServer } from '../server.ts';
import { atLeast, atMost, format } from '../target.ts';
import { askQuestions } from './ask-questions.ts';
import { generateVentas } from './generate-ventas.ts';
import { compareRuns, ROUNDS } from './interleave.ts';
import { VENTAS_QUESTIONS } from './ventas-questions.ts';

const STORES = 20;

/** Measures a half-hourly run and the questions over 14 months of sales: 100 million lines. */
export async function measureVentas(server: BenchServer): Promise<string> {
  const short = await openLane(server, 'ventas', {});
  const long = await openLane(server, 'ventas', {});
  const lines = await generateVentas(long.database.owner, createTiendas(STORES));
  const megabytes = await sizeOf(long.database);
  const questions = await askQuestions(long.database.admin, VENTAS_QUESTIONS);
  const [without, withLines] = await compareRuns(short, long);
  await short.close();
  await long.close();
  return [
    `**${format(lines)} sales lines of 14 months, ${format(megabytes / 1000)} GB with their indexes**`,
    `A half-hourly run of ${STORES} stores takes ${format(without.ms)} ms without history and ${format(withLines.ms)} ms with it (medians of ${ROUNDS}, in turns).`,
    toTargets([
      atLeast('100 million lines', lines / 1e6, 100, ' million'),
      atMost('bytes a line, indexes included, at most 320', (megabytes * 1e6) / lines, 320),
      // At night nothing is due.
      atLeast('lines that a run reads, between 07:00 and 21:00 of Caracas', withLines.rows, 1, ' lines'),
      atMost('a run is at most 1.15 x as slow', withLines.ms / without.ms, 1.15, ' x'),
    ]),
    questions,
  ].join('\n\n');
}

async function sizeOf({ admin }: BenchDatabase): Promise<number> {
  const { rows } = await admin.query<{ mb: number }>(
    `SELECT (sum(pg_total_relation_size(inhrelid)) / 1e6)::float8 AS mb FROM pg_inherits WHERE inhparent = 'ventas'::regclass`,
  );
  return rows[0]?.mb ?? Number.NaN;
}
