import { z } from 'zod';
import { loadWithCommand } from './loaders/command.ts';
import { loadFloor } from './loaders/floor.ts';
import type { Loader } from './loaders/loader.ts';
import { loadWithPipeline } from './loaders/ours.ts';
import { loadRowByRow } from './loaders/row-by-row.ts';
import { loadWithScript } from './loaders/script.ts';
import { loadVentasFloor } from './loaders/ventas-floor.ts';
import { loadVentasWithPipeline } from './loaders/ventas.ts';

/** One loader in its own process, so that its memory can be measured. Each message starts a run; the answer has its measurements. */
const LOADERS = {
  ours: loadWithPipeline,
  rowByRow: loadRowByRow,
  floor: loadFloor,
  script: loadWithScript,
  command: loadWithCommand,
  ventas: loadVentasWithPipeline,
  ventasFloor: loadVentasFloor,
} satisfies Record<string, Loader>;

const Order = z.object({
  loader: z.enum(['ours', 'rowByRow', 'floor', 'script', 'command', 'ventas', 'ventasFloor']),
  task: z.object({
    klkUrl: z.string(),
    database: z.object({
      host: z.string(),
      port: z.number(),
      database: z.string(),
      user: z.string(),
      password: z.string(),
      tls: z.literal(false),
    }),
    tiendas: z.array(
      z.object({
        id: z.string(),
        nombre: z.string(),
        tipo: z.enum(['tienda', 'cedi']),
        activa: z.boolean(),
        almacenes: z.array(z.object({ codigo: z.string(), nombre: z.string() })),
        sucursalKlk: z.string(),
      }),
    ),
    dias: z.object({ desde: z.string(), hasta: z.string() }).optional(),
  }),
});

process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  void run(message);
});

async function run(message: unknown): Promise<void> {
  const { loader, task } = Order.parse(message);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const rows = await LOADERS[loader](task);
  process.send?.({
    ms: performance.now() - start,
    cpuMs: sumCpu(process.cpuUsage(cpu)),
    rows,
    peakMb: process.resourceUsage().maxRSS / 1024,
  });
}

const sumCpu = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
