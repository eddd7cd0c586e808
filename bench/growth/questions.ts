import type { Pool } from 'pg';
import { median } from '../case.ts';
import { toTargets } from '../report.ts';
import { atMost } from '../target.ts';

const TIENDA = 'tienda_007';
const RUNS = 5;

/** What people ask of the history, each with its SQL. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'one product in one store over 30 days': `SELECT * FROM historial_producto('${TIENDA}', '001234', now() - interval '30 days', now())`,
  'a whole store an hour ago': `SELECT * FROM inventario_en(now() - interval '1 hour') WHERE ubicacion_id = '${TIENDA}'`,
  'a whole store three weeks ago': `SELECT * FROM inventario_en(now() - interval '21 days') WHERE ubicacion_id = '${TIENDA}'`,
  'a whole store three months ago': `SELECT * FROM inventario_en(now() - interval '3 months') WHERE ubicacion_id = '${TIENDA}'`,
  'freshness of all stores':
    'SELECT ubicacion_id, codigo, now() - ultima_extraccion AS antiguedad FROM almacenes',
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
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
