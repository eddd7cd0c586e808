import { z } from 'zod';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { runPipeline as runVentas } from '../../lambdas/ventas-klk/pipeline.ts';
import { createVentasRun } from '../support/ventas-run.ts';
import { createRun } from './pipeline-run.ts';

const RunOfVentas = z.object({ ahora: z.iso.datetime(), desde: z.string(), hasta: z.string() });

/** The sales of these days, read from this moment on. */
export type RunOfVentas = z.infer<typeof RunOfVentas>;

/** The program of a process that runs a pipeline once, see deaths.ts. Its log is its standard output. */
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
  ventas: RunOfVentas.optional(),
});

/** So long that no request and no run ends by its own limit while a test keeps the process frozen. */
const FROZEN_MS = 60_000;

async function run({ ventas, ...systems }: z.infer<typeof Systems>): Promise<unknown> {
  if (ventas === undefined) {
    return runPipeline(createRun(systems, { klk: { timeoutMs: FROZEN_MS }, limitMs: FROZEN_MS }));
  }
  const { ahora, desde, hasta } = ventas;
  const offsetMs = Date.parse(ahora) - Date.now();
  return runVentas(createVentasRun(systems, () => new Date(Date.now() + offsetMs), { desde, hasta }));
}

const systems = Systems.parse(JSON.parse(process.env['RUN_SYSTEMS'] ?? 'null'));
process.stdout.write('{"level":"INFO","message":"listo"}\n');
process.stdin.once('data', () => {
  process.stdin.destroy();
  void run(systems);
});
