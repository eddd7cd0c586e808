import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Target } from './target.ts';

const RESULTS = new URL('results/', import.meta.url);

/** A table in Markdown. */
export const toTable = (headers: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headers, headers.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const toTargets = (targets: readonly Target[]): string =>
  toTable(
    ['Target', 'Measured', ''],
    targets.map(({ promise, measured, met }) => [promise, measured, met ? 'met' : '**missed**']),
  );

/** Where and when something was measured, one line. */
export function describeMachine(postgres: string): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} x ${cpu?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${new Date().toISOString().slice(0, 10)}, ${machine}, ${process.platform}, Node ${process.version}, ${postgres}.`;
}

/** Prints a part's result, and writes it to `bench/results/<part>.md` in place of the one before. */
export async function publish(part: string, markdown: string): Promise<void> {
  process.stdout.write(`\n${markdown}\n`);
  await writeFile(new URL(`${part}.md`, RESULTS), `${markdown}\n`);
}
