import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Target } from './target.ts';

const DOCUMENT = fileURLToPath(new URL('../docs/rendimiento.md', import.meta.url));

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

/** Prints a part's result, and replaces what `docs/rendimiento.md` says between the part's marks. */
export async function publish(part: string, markdown: string): Promise<void> {
  process.stdout.write(`\n${markdown}\n`);
  const [start, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const document = await readFile(DOCUMENT, 'utf8');
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`docs/rendimiento.md has no place for ${part}`);
  await writeFile(
    DOCUMENT,
    `${document.slice(0, from + start.length)}\n\n${markdown}\n\n${document.slice(to)}`,
  );
}
