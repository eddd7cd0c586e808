import { openLane } from './lane.ts';
import type { Lane, LoaderName, Ran, Scenario } from './lane.ts';
import type { BenchServer } from './server.ts';

/** A scenario and the loaders that are compared in it. */
export interface Case {
  readonly title: string;
  readonly loaders: readonly LoaderName[];
  readonly scenario: Scenario;
}

/** Medians over the measured runs of one loader; of memory, the most that its process ever held. */
export interface Measured extends Ran {
  readonly title: string;
  readonly loader: LoaderName;
  readonly minMs: number;
  readonly maxMs: number;
}

/** The first run fills the tables. */
const WARM_UPS = 1;
const ROUNDS = 5;

/** Runs the loaders of a case in turns, so that a slow minute of the machine is nobody's own. */
export async function measureCase(server: BenchServer, measuredCase: Case): Promise<Measured[]> {
  const lanes: { loader: LoaderName; lane: Lane; runs: Ran[] }[] = [];
  for (const loader of measuredCase.loaders) {
    lanes.push({ loader, lane: await openLane(server, loader, measuredCase.scenario), runs: [] });
  }
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    for (const { lane, runs } of lanes) {
      await lane.database.settle();
      const ran = await lane.run();
      if (round >= WARM_UPS) runs.push(ran);
    }
  }
  const digests = new Set<string>();
  for (const { lane } of lanes) {
    digests.add(await lane.database.digest());
    await lane.close();
  }
  if (digests.size > 1) throw new Error(`the loaders of "${measuredCase.title}" left different tables`);
  return lanes.map(({ loader, runs }) => summarise(measuredCase.title, loader, runs));
}

function summarise(title: string, loader: LoaderName, runs: readonly Ran[]): Measured {
  const of = (key: keyof Ran): number[] => runs.map((run) => run[key]);
  return {
    title,
    loader,
    rows: median(of('rows')),
    ms: median(of('ms')),
    minMs: Math.min(...of('ms')),
    maxMs: Math.max(...of('ms')),
    cpuMs: median(of('cpuMs')),
    walMb: median(of('walMb')),
    historicoMb: median(of('historicoMb')),
    peakMb: Math.max(...of('peakMb')),
  };
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
