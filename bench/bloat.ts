import { openLane } from './lane.ts';
import type { BenchServer } from './server.ts';
import { toTargets } from './report.ts';
import { atMost, format } from './target.ts';

const RUNS = 300;

/** Loads 300 times without a pause, so that autovacuum has little time to free space. */
export async function measureBloat(server: BenchServer): Promise<string> {
  const lane = await openLane(server, 'ours', { almacenes: 5 });
  for (let run = 0; run < RUNS; run += 1) await lane.run();
  const size = async (): Promise<number> => {
    const { rows } = await lane.database.admin.query<{ mb: number }>(
      `SELECT (pg_total_relation_size('inventario_vigente') / 1e6)::float8 AS mb`,
    );
    return rows[0]?.mb ?? Number.NaN;
  };
  const after = await size();
  await lane.database.admin.query('ALTER TABLE inventario_vigente SET (fillfactor = 100)');
  await lane.database.admin.query('VACUUM FULL inventario_vigente');
  const packed = await size();
  await lane.close();
  const target = atMost(
    `after ${RUNS} runs back to back inventario_vigente is under 1.5 x its packed size`,
    after / packed,
    1.5,
    ' x',
  );
  return `${toTargets([target])}\n\n5 warehouses, index included: ${format(after)} MB, ${format(packed)} MB packed.`;
}
