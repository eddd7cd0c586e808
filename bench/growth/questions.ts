import type { Pool } from 'pg';
import { FRESCURA } from '../../lambdas/inventario-klk/runs/read-frescura.ts';
import { median } from '../case.ts';
import { toTargets } from '../report.ts';
import { atMost } from '../target.ts';
import { shortenPlan } from './shorten-plan.ts';

const TIENDA = 'tienda_007';
const RUNS = 5;

const overThirtyDays = (producto: string): string =>
  `SELECT * FROM historial_producto('${TIENDA}', '${producto}', now() - interval '30 days', now())`;

const wholeStore = (ago: string): string =>
  `SELECT * FROM inventario_en(now() - interval '${ago}') WHERE ubicacion_id = '${TIENDA}'`;

/** What people ask of the history, and the freshness as `estado` asks for it; each with its SQL. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'one product in one store over 30 days': overThirtyDays('001234'),
  'one that the store never had, over 30 days': overThirtyDays('999999'),
  'a whole store an hour ago': wholeStore('1 hour'),
  'a whole store three weeks ago': wholeStore('21 days'),
  'a whole store three months ago': wholeStore('3 months'),
  'freshness of all stores, after three years of runs': FRESCURA,
};

/** Asks every question with a planner that nobody has tuned. Each median is of runs after a first one, which is told as well. */
export async function askQuestions(admin: Pool): Promise<string> {
  const targets = [];
  const plans: string[] = [];
  for (const [question, sql] of Object.entries(QUESTIONS)) {
    const times: number[] = [];
    let rows = 0;
    for (let run = 0; run <= RUNS; run += 1) {
      const start = performance.now();
      rows = (await admin.query(sql)).rows.length;
      times.push(performance.now() - start);
    }
    const [first = Number.NaN, ...others] = times;
    const what = `${question}: under 50 ms (${rows} rows; the first time ${first.toFixed(0)} ms)`;
    targets.push(atMost(what, median(others), 50, ' ms'));
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
