import type { Pool } from 'pg';
import { median } from '../case.ts';
import { toTable, toTargets } from '../report.ts';
import { atMost, format } from '../target.ts';
import type { Target } from '../target.ts';
import { shortenPlan } from './shorten-plan.ts';

/** The client decodes the first answers slowly, before its code is compiled. */
const RUNS = 21;

/** What people ask, its SQL, and within how many milliseconds it must be answered. */
export interface Question {
  readonly what: string;
  readonly sql: string;
  /** Undefined: it has no number of its own, and is measured for comparison. */
  readonly withinMs?: number;
}

/** Asks every question with the planner's default settings. Reports the first run, and the median of the later ones. */
export async function askQuestions(admin: Pool, questions: readonly Question[]): Promise<string> {
  const targets: Target[] = [];
  const compared: string[][] = [];
  const plans: string[] = [];
  for (const { what, sql, withinMs } of questions) {
    const times: number[] = [];
    let rows = 0;
    for (let run = 0; run <= RUNS; run += 1) {
      const start = performance.now();
      rows = (await admin.query(sql)).rows.length;
      times.push(performance.now() - start);
    }
    const [first = Number.NaN, ...others] = times;
    const notes = `(${rows} rows; the first time ${first.toFixed(0)} ms)`;
    if (withinMs === undefined) compared.push([`${what} ${notes}`, `${format(median(others))} ms`]);
    else targets.push(atMost(`${what}: under ${withinMs} ms ${notes}`, median(others), withinMs, ' ms'));
    plans.push(`${sql}\n\n${await explain(admin, sql)}`);
  }
  const tables = [
    toTargets(targets),
    ...(compared.length === 0 ? [] : [toTable(['For comparison', 'Measured'], compared)]),
  ];
  return `${tables.join('\n\n')}\n\n<details><summary>Plans</summary>\n\n\`\`\`\n${plans.join('\n\n\n')}\n\`\`\`\n\n</details>`;
}

async function explain(admin: Pool, sql: string): Promise<string> {
  const { rows } = await admin.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, BUFFERS, COSTS off) ${sql}`,
  );
  return shortenPlan(rows.map((row) => row['QUERY PLAN'])).join('\n');
}
