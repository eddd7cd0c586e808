import { z } from 'zod';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { createRun } from './pipeline-run.ts';

/** The program of a process that runs the pipeline once, see deaths.ts. Its log is its standard output. */
const Systems = z.object({
  klkUrl: z.string(),
  headers: z.record(z.string(), z.string()),
  database: z.object({
    host: z.string(),
    port: z.number(),
    database: z.string(),
    user: z.string(),
    password: z.string(),
    tls: z.literal(false),
  }),
});

const systems = Systems.parse(JSON.parse(process.env['RUN_SYSTEMS'] ?? 'null'));
process.stdout.write('{"level":"INFO","message":"listo"}\n');
process.stdin.once('data', () => {
  process.stdin.destroy();
  void runPipeline(createRun(systems));
});
