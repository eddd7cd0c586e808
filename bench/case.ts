import { openLane } from './lane.ts';
import type { Lane, LoaderName, Ran, Scenario } from './lane.ts';
import type { BenchServer } from './server.ts';

/** A scenario and the loaders that are compared in it. */
export interface Case {
  readonly title: string;
  readonly loaders: readonly LoaderName[];
  readonly scenario: Scenario;
  /** One run, without one before it: it takes minutes. */
  readonly once?: boolean;
}

/** Medians over the measured runs of one loader; for memory the peak of its process. */
export interface Measured extends Ran {
  readonly title: string;
  readonly loader: LoaderName;
  readonly minMs: number;
  readonly maxMs: number;
}

/** The first run fills the tables. */
const WARM_UPS = 1;
const ROUNDS = 7;

interface Entrant {
  readonly measuredCase: Case;
  readonly loader: LoaderName;
  readonly lane: Lane;
  readonly runs: Ran[];
}

/** Alternates all loaders of all cases, so that a slow minute of the machine affects all of them. */
export async function measureCases(server: BenchServer, cases: readonly Case[]): Promise<Measured[]> {
  const entrants: Entrant[] = [];
  for (const measuredCase of cases) {
    for (const loader of measuredCase.loaders) {
      const lane = await openLane(server, loader, measuredCase.scenario);
      entrants.push({ measuredCase, loader, lane, runs: [] });
    }
  }
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    for (const { measuredCase, lane, runs } of entrants) {
      if (measuredCase.once === true && round > 0) continue;
      await lane.database.settle();
      const ran = await lane.run();
      if (measuredCase.once === true || round >= WARM_UPS) runs.push(ran);
    }
  }
  for (const measuredCase of cases) {
    await refuseDifferences(entrants.filter((entrant) => entrant.measuredCase === measuredCase));
  }
  for (const { lane } of entrants) await lane.close();
  return entrants.map(({ measuredCase, loader, runs }) => summarise(measuredCase.title, loader, runs));
}

/** Checks that all loaders wrote the same tables, and counted as many rows in their last run. */
async function refuseDifferences(entrants: readonly Entrant[]): Promise<void> {
  const left = new Set<string>();
  for (const { lane, runs } of entrants) left.add(`${await lane.database.digest()} ${runs.at(-1)?.rows}`);
  if (left.size > 1)
    throw new Error(
      `the loaders of "${entrants[0]?.measuredCase.title ?? ''}" left different tables or rows`,
    );
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
