import { measureBloat } from './bloat.ts';
import { measureCases } from './case.ts';
import type { Measured } from './case.ts';
import { PARTS, RUNS_PER_DAY } from './parts.ts';
import type { Part } from './parts.ts';
import { describeMachine, publish, toTable, toTargets } from './report.ts';
import { withServer } from './server.ts';
import type { BenchServer } from './server.ts';
import { measureStartup } from './startup.ts';
import { measureStatements } from './statements.ts';
import { format } from './target.ts';

/** `npm run bench -- [part...]`: measures the parts named, or all, and writes them to bench/results/. */

const NAMES = {
  ours: 'ours',
  unguarded: 'ours, unguarded',
  rowByRow: 'row by row',
  floor: 'floor',
  script: 'script',
  command: 'ours, command',
  ventas: 'ours',
  ventasFloor: 'floor',
};

const MEASURES: Readonly<Record<string, (server: BenchServer) => Promise<string>>> = {
  ...Object.fromEntries(
    Object.entries(PARTS).map(([name, part]) => [name, (server: BenchServer) => measurePart(server, part)]),
  ),
  statements: measureStatements,
  startup: measureStartup,
  bloat: measureBloat,
};

async function measurePart(server: BenchServer, { title, cases, targets }: Part): Promise<string> {
  const measured = await measureCases(server, cases);
  const promises = targets((measuredCase, loader = 'ours') => {
    const found = measured.find((row) => row.title === measuredCase && row.loader === loader);
    if (found === undefined) throw new Error(`${measuredCase} was not measured with ${loader}`);
    return found;
  });
  return [`**${title}**`, toMeasures(measured), ...(promises.length > 0 ? [toTargets(promises)] : [])].join(
    '\n\n',
  );
}

const toMeasures = (measured: readonly Measured[]): string =>
  toTable(
    [
      '',
      'Loader',
      'Rows',
      'ms (min - max)',
      'Rows/s',
      'Client CPU ms',
      'WAL MB',
      'History MB',
      'a day',
      'Peak MB',
    ],
    measured.map((row) => [
      row.title,
      NAMES[row.loader],
      format(row.rows),
      `${format(row.ms)} (${format(row.minMs)} - ${format(row.maxMs)})`,
      format((row.rows / row.ms) * 1000),
      format(row.cpuMs),
      format(row.walMb),
      format(row.historicoMb),
      format(row.historicoMb * RUNS_PER_DAY),
      format(row.peakMb),
    ]),
  );

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(MEASURES);
const unknown = names.filter((name) => !(name in MEASURES));
if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(', ')}. There are ${Object.keys(MEASURES).join(', ')}.\n`);
  process.exit(2);
}
await withServer(async (server) => {
  for (const name of names) {
    process.stderr.write(`${name}...\n`);
    const markdown = await MEASURES[name]?.(server);
    await publish(name, `${markdown ?? ''}\n\n${describeMachine(server.version)}`);
  }
});
