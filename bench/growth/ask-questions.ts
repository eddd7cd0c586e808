import type { Pool } from 'pg';
import { median } from '../case.ts';
import { toTargets } from '../report.ts';
import { atMost } from '../target.ts';
import { shortenPlan } from './shorten-plan.ts';

/** The client decodes the first answers slowly, before its code is compiled. */
const RUNS = 21;

/** What people ask, its SQL, and within how many milliseconds it must be answered. */
export interface Question {
  readonly what: string;
  readonly sql: string;
  readonly withinMs: number;
}

/** Asks every question with the planner's default settings. Reports the first run, and the median of the later ones. */
export async function askQuestions(admin: Pool, questions: readonly Question[]): Promise<string> {
  const targets = [];
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
    const promise = `${what}: under ${withinMs} ms (${rows} rows; the first time ${first.toFixed(0)} ms)`;
    targets.push(atMost(promise, median(others), withinMs, ' ms'));
    plans.push(`${sql}\n\n${await explain(admin, sql)}`);
  }
  return `${toTargets(targets)}\n\n<details><summary>Plans</summary>\n\n\`\`\`\n${plans.join('\n\n\n')}\n\`\`\`\n\n</details>`;
}

async function explain(admin: Pool, sql: string): Promise<string> {
  const { rows } = await admin.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, BUFFERS, COSTS off) ${sql}`,
  );
  return shortenPlan(rows.map((row) => row['QUERY PLAN'])).join('\n');
}
