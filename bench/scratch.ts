import { createTiendas } from './chain.ts';
import { withServer } from './server.ts';
import { generateVentas } from './growth/generate-ventas.ts';
import { askQuestions } from './growth/ask-questions.ts';
import { VENTAS_QUESTIONS } from './growth/ventas-questions.ts';
import { existsSync } from 'node:fs';
await withServer(async (server) => {
  const database = await server.createDatabase();
  const t = performance.now();
  // store 7 only
  const n = await generateVentas(database.owner, createTiendas(20).slice(6, 7));
  console.log(n, 'lines', (performance.now() - t) / 1000, 's');
  console.log((await database.admin.query(`SELECT (sum(pg_total_relation_size(inhrelid)))::float8/$1 AS total, (sum(pg_relation_size(inhrelid)))::float8/$1 AS heap FROM pg_inherits WHERE inhparent = 'ventas'::regclass`, [n])).rows);
  console.log((await askQuestions(database.admin, VENTAS_QUESTIONS)));
  console.log(JSON.stringify({ ...database.owner, ca: '' }));
  while (!existsSync('/tmp/scratch-go')) await new Promise((r) => setTimeout(r, 500));
}, { max_wal_size: '8GB' });
