import { randomUUID } from 'node:crypto';
import { parseCatalogo, readCatalogo } from '../lambdas/inventario-klk/catalogo.ts';
import type { Tienda } from '../lambdas/inventario-klk/catalogo.ts';
import {
  readCommandConfig,
  readEtlConfig,
  readKlkConfig,
  readPostgresConfig,
  warnOfUnknownVariables,
} from '../lambdas/inventario-klk/config.ts';
import { readTextFile } from '../lambdas/inventario-klk/database-ca.ts';
import { deadlineIn, orAborted } from '../lambdas/inventario-klk/deadline.ts';
import { parseRequest, toAskedRun } from '../lambdas/inventario-klk/event.ts';
import { logVariableDesconocida } from '../lambdas/inventario-klk/log-events.ts';
import { createLogger } from '../lambdas/inventario-klk/logger.ts';
import { concludeRun } from '../lambdas/inventario-klk/outcome.ts';
import { runPipeline } from '../lambdas/inventario-klk/pipeline.ts';
import { createProgram, runProgram } from './commands/command.ts';
import { readHeldRows } from './commands/held-rows.ts';
import { interruptible } from './commands/interruption.ts';
import { withProgress } from './commands/progress.ts';
import { addQuestions } from './commands/questions.ts';
import { QUESTION_LIMIT_MS } from './commands/asking.ts';
import { runCommand } from './commands/run-command.ts';
import { runFlags, withRunFlags } from './commands/run-flags.ts';
import type { RunFlags } from './commands/run-flags.ts';
import { requestNotLoaded } from './commands/solo-fallidas.ts';
import { summarize } from './commands/summarize.ts';

const PLACE = { program: 'etl' } as const;

await runCommand('etl', async (argv) => {
  const program = withRunFlags(
    createProgram('etl', 'Lleva el inventario de KLK a PostgreSQL, con los sistemas reales.'),
  );
  program.action(() => interruptible((interrupted) => load(runFlags(program), interrupted)));
  addQuestions(program, {
    readCatalogo: readTiendas,
    nameOrigen: (origen) => origen,
    withSystems: (ask) =>
      ask({
        readCatalogo: readTiendas,
        readTunables: () => readCommandConfig().tunables,
        readKlkSettings: () => Promise.resolve(readKlkConfig().klk),
        readDatabaseSettings: () => Promise.resolve(readPostgresConfig()),
        deadline: deadlineIn(QUESTION_LIMIT_MS),
        place: PLACE,
      }),
  });
  await runProgram(program, argv);
});

async function load({ json, soloFallidas, ...flags }: RunFlags, interrupted: AbortSignal): Promise<void> {
  const config = readEtlConfig(flags.dryRun);
  const tiendas = readTiendas();
  const systems = {
    readTunables: () => config.tunables,
    readDatabaseSettings: config.readDatabaseSettings,
    deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
  };
  const request = soloFallidas ? await requestNotLoaded(systems, tiendas) : flags;
  if (request === undefined) return;
  const solicitud = parseRequest(request, tiendas);
  const ejecucionId = randomUUID();
  const run = (): ReturnType<typeof runPipeline> => {
    const logger = createLogger(ejecucionId);
    warnOfUnknownVariables((motivo) => {
      logVariableDesconocida(logger, motivo);
    });
    return runPipeline({
      ejecucionId,
      solicitud: { origen: 'cli', ...solicitud },
      tunables: config.tunables,
      deadline: orAborted(deadlineIn(config.limitMs), interrupted),
      logger,
      readKlkSettings: () => Promise.resolve(config.klk),
      readDatabaseSettings: config.readDatabaseSettings,
    }).then((resumen) => concludeRun(resumen, toAskedRun(solicitud, tiendas), PLACE));
  };
  await summarize(
    () => withProgress(solicitud.tiendas, json, interrupted, run),
    json,
    interrupted,
    () => readHeldRows(systems),
  );
}

function readTiendas(): readonly Tienda[] {
  const { tiendasArchivo: archivo } = readCommandConfig();
  return archivo === undefined
    ? readCatalogo()
    : parseCatalogo(readTextFile('TIENDAS_ARCHIVO', archivo), archivo);
}
