import { median } from '../case.ts';
import type { Lane, Ran } from '../lane.ts';

/** Runs of each lane that count. */
export const ROUNDS = 7;

/** The runs of two lanes, in turns, after one of each that does not count: their medians. */
export async function compareRuns(a: Lane, b: Lane): Promise<readonly [Compared, Compared]> {
  const runs: [Ran[], Ran[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, lane] of [a, b].entries()) {
      await lane.database.settle();
      const ran = await lane.run();
      if (round > 0) runs[index]?.push(ran);
    }
  }
  return [toMedians(runs[0]), toMedians(runs[1])];
}

type Compared = Pick<Ran, 'ms' | 'rows' | 'walMb'>;

const toMedians = (runs: readonly Ran[]): Compared => ({
  ms: median(runs.map(({ ms }) => ms)),
  rows: median(runs.map(({ rows }) => rows)),
  walMb: median(runs.map(({ walMb }) => walMb)),
});
