import { z } from 'zod';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { createRun } from './pipeline-run.ts';

/** The program of a process that runs the pipeline once, see child-run.ts. Its log is its standard output. */
const Order = z.object({
  klkUrl: z.url().transform((url) => new URL(url)),
  database: z.object({
    host: z.string(),
    port: z.number(),
    database: z.string(),
    user: z.string(),
    password: z.string(),
    tls: z.literal(false),
  }),
});

const { klkUrl, database } = Order.parse(JSON.parse(process.env['RUN_ORDER'] ?? 'null'));
process.stdout.write('{"level":"INFO","message":"listo"}\n');
process.stdin.once('data', () => {
  process.stdin.destroy();
  void runPipeline(createRun({ klkUrl, database }));
});
