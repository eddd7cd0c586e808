import { openLane } from './lane.ts';
import type { BenchServer } from './server.ts';
import { toTargets } from './report.ts';
import { atMost } from './target.ts';

const ALMACENES = 20;

/** Counts the statements of a run, BEGIN, COMMIT and what a run does once included. */
export async function measureStatements(server: BenchServer): Promise<string> {
  const lane = await openLane(server, 'ours', { almacenes: ALMACENES, rttMs: 0 });
  await lane.run();
  const first = lane.statements();
  await lane.run();
  const perAlmacen = (lane.statements() - first) / ALMACENES;
  await lane.close();
  return toTargets([atMost('under 10 statements per warehouse', perAlmacen, 9.99)]);
}
