import { randomUUID } from 'node:crypto';
import { readEtlConfig } from '../config.ts';
import { deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { parseRequest, toAskedRun } from '../../lambdas/inventario-klk/event.ts';
import { createLogger, logUnknownVariables } from '../../lambdas/core/run/log.ts';
import { requireComplete } from '../../lambdas/core/run/outcome.ts';
import { runPipeline } from '../../lambdas/inventario-klk/pipeline.ts';
import { isResumen, toStoreOutcomes } from '../../lambdas/inventario-klk/summary.ts';
import { QUESTION_LIMIT_MS } from '../program/asking.ts';
import { PLACE, readTiendas } from '../program/etl-asking.ts';
import { printSummary } from '../output/run-summary.ts';
import { printJson, summarize } from '../output/summarize.ts';
import { withProgress } from '../output/progress.ts';
import type { RunFlags } from '../program/flags.ts';
import { requestNotLoaded } from './solo-fallidas.ts';

/** Loads from the real systems what the flags ask for. */
export async function load(
  { json, soloFallidas, ...flags }: RunFlags,
  interrupted: AbortSignal,
): Promise<void> {
  const config = readEtlConfig(flags.dryRun);
  const tiendas = readTiendas();
  const context = {
    readTunables: () => config.tunables,
    readDatabaseSettings: config.readDatabaseSettings,
    deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
  };
  const request = soloFallidas ? await requestNotLoaded(context, tiendas) : flags;
  if (request === undefined) return;
  const solicitud = parseRequest(request, tiendas);
  const ejecucionId = randomUUID();
  const run = (): ReturnType<typeof runPipeline> => {
    const logger = createLogger(ejecucionId, 'inventario');
    logUnknownVariables(logger);
    return runPipeline({
      ejecucionId,
      solicitud: { origen: 'cli', ...solicitud },
      tunables: config.tunables,
      deadline: orAborted(deadlineIn(config.limitMs), interrupted),
      logger,
      readKlkSettings: () => Promise.resolve(config.klk),
      readDatabaseSettings: config.readDatabaseSettings,
    }).then((resumen) =>
      requireComplete(resumen, toStoreOutcomes(resumen), toAskedRun(solicitud, tiendas), PLACE),
    );
  };
  await summarize(
    () => withProgress(solicitud.tiendas, json, interrupted, run),
    isResumen,
    async (resumen) => {
      if (json) printJson(resumen);
      // A person who interrupted the run does not want its table.
      else if (!interrupted.aborted) await printSummary(resumen, context);
    },
  );
}
