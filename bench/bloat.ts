import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openLane } from './lane.ts';
import type { BenchServer } from './server.ts';
import { toTargets } from './report.ts';
import { atMost, format } from './target.ts';

const RUNS = 300;

const CONDITION =
  'Each run waits until autovacuum rests, as half an hour between two runs lets it; back to back it was 3.0 to 3.3 x.';

/**
 * Loads 300 times. Between two runs of production lies half an hour; here an ANALYZE by autovacuum would last over several, and nothing that
 * they replace can be reused until its snapshot is gone, so each run waits for it.
 */
export async function measureBloat(server: BenchServer): Promise<string> {
  const lane = await openLane(server, 'ours', { almacenes: 5 });
  for (let run = 0; run < RUNS; run += 1) {
    await untilAutovacuumRests(lane.database.admin);
    await lane.run();
  }
  const size = async (): Promise<number> => {
    const { rows } = await lane.database.admin.query<{ mb: number }>(
      `SELECT (pg_total_relation_size('inventario_actual') / 1e6)::float8 AS mb`,
    );
    return rows[0]?.mb ?? Number.NaN;
  };
  const after = await size();
  await lane.database.admin.query('VACUUM FULL inventario_actual');
  const rewritten = await size();
  await lane.database.admin.query('ALTER TABLE inventario_actual SET (fillfactor = 100)');
  await lane.database.admin.query('VACUUM FULL inventario_actual');
  const minimum = await size();
  await lane.close();
  const target = atMost(
    `after ${RUNS} runs inventario_actual stays under 3 x its minimum`,
    after / minimum,
    3,
    ' x',
  );
  const sizes = `${format(after)} MB, ${format(rewritten)} MB rewritten with the room for updates that it keeps, ${format(minimum)} MB packed`;
  return `${toTargets([target])}\n\n5 warehouses, indexes included: ${sizes}. ${CONDITION}`;
}

async function untilAutovacuumRests(admin: Pool): Promise<void> {
  const working = `SELECT FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'`;
  while (((await admin.query(working)).rowCount ?? 0) > 0) await sleep(50);
}
