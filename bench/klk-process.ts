import { z } from 'zod';
import { startKlkSimulator } from '../local/klk-simulator/server.ts';

/** A KLK simulator in its own process, as KLK is another machine. A message has its options; the answer has its address. */
const Options = z.object({
  tiendas: z.array(
    z.object({
      nombre: z.string(),
      tipo: z.string(),
      almacenes: z.array(z.object({ codigo: z.string(), nombre: z.string() })),
      sucursalKlk: z.string(),
    }),
  ),
  articulosPorAlmacen: z.number(),
  movimiento: z.number(),
  latenciaMs: z.number(),
  lineasPorDia: z.number(),
  /** Without them every answer has each line once, and the same tomorrow. */
  quirks: z.object({ tardias: z.number(), anuladas: z.number(), repetidas: z.number() }),
});

process.on('disconnect', () => process.exit());
process.once('message', (message) => {
  void startKlkSimulator(Options.parse(message)).then(({ baseUrl }) => process.send?.(baseUrl));
});
