import { randomUUID } from 'node:crypto';
import { createLogger, logUnknownVariables } from '../../lambdas/core/run/log.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import { deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { diaAt } from '../../lambdas/core/time/dia.ts';
import { parseRequest, toAskedRun } from '../../lambdas/ventas-klk/event.ts';
import { runPipeline } from '../../lambdas/ventas-klk/pipeline.ts';
import { isResumen, toStoreOutcomes } from '../../lambdas/ventas-klk/summary.ts';
import type { Resumen } from '../../lambdas/ventas-klk/summary.ts';
import { readEtlConfig } from '../config.ts';
import { readTiendas } from '../program/etl-asking.ts';
import type { VentasFlags } from '../program/flags.ts';
import { createVentasView } from '../output/live-ventas.ts';
import { withProgress } from '../output/progress.ts';
import { printJson, summarize } from '../output/summarize.ts';
import { renderVentasSummary } from '../output/ventas-summary.ts';

/** Loads the sales that are due, or those that the flags ask for, from the real systems. */
export async function load({ json, ...flags }: VentasFlags, interrupted: AbortSignal): Promise<void> {
  const config = readEtlConfig(flags.dryRun);
  const catalogo = readTiendas();
  const solicitud = parseRequest(flags, catalogo, diaAt(new Date()));
  const ejecucionId = randomUUID();
  const run = async (): Promise<Resumen> => {
    const logger = createLogger(ejecucionId, 'ventas');
    logUnknownVariables(logger);
    const resumen = await runPipeline({
      ejecucionId,
      solicitud: { origen: 'cli', ...solicitud },
      tunables: config.ventas,
      catalogo,
      deadline: orAborted(deadlineIn(config.limitMs), interrupted),
      logger,
      readKlkSettings: () => Promise.resolve(config.klk),
      readDatabaseSettings: config.readDatabaseSettings,
    });
    const asked = toAskedRun(solicitud, catalogo);
    return requireComplete(resumen, toStoreOutcomes(resumen), asked, { program: 'ventas' });
  };
  await summarize(
    () => withProgress(solicitud.tiendas, json, interrupted, run, createVentasView()),
    isResumen,
    (resumen) => {
      if (json) printJson(resumen);
      // A person who interrupted the run does not want its table.
      else if (!interrupted.aborted) process.stdout.write(renderVentasSummary(resumen));
    },
  );
}
