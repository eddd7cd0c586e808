import { randomUUID } from 'node:crypto';
import { parseCatalogo, readCatalogo } from '../lambdas/inventario-klk/catalogo.ts';
import type { Tienda } from '../lambdas/inventario-klk/catalogo.ts';
import { readEtlConfig } from '../lambdas/inventario-klk/config.ts';
import { readTextFile } from '../lambdas/inventario-klk/database-ca.ts';
import { deadlineIn } from '../lambdas/inventario-klk/deadline.ts';
import { parseRequest } from '../lambdas/inventario-klk/event.ts';
import { createLogger } from '../lambdas/inventario-klk/logger.ts';
import { concludeRun } from '../lambdas/inventario-klk/outcome.ts';
import { runPipeline } from '../lambdas/inventario-klk/pipeline.ts';
import { createRunCommand, parseCommand, runFlags } from './commands/flags.ts';
import { redirectLogs } from './commands/log-lines.ts';
import { runCommand, summaryOf } from './commands/run-command.ts';
import { refuseSwallowedFlags } from './commands/swallowed-flags.ts';

await runCommand(async () => {
  const argv = process.argv.slice(2);
  refuseSwallowedFlags('etl', argv, process.env);
  const command = createRunCommand(
    'etl',
    'Lleva el inventario de KLK a PostgreSQL, con los sistemas reales.',
  );
  parseCommand(command, argv);
  const { json, ...request } = runFlags(command);

  const config = readEtlConfig(request.dryRun);
  const solicitud = parseRequest(request, readTiendas(config.tiendasArchivo));
  const ejecucionId = randomUUID();
  redirectLogs(json);
  const run = (): Promise<ReturnType<typeof concludeRun>> =>
    runPipeline({
      ejecucionId,
      solicitud: { origen: 'cli', ...solicitud },
      tunables: config.tunables,
      deadline: deadlineIn(config.limitMs),
      logger: createLogger(ejecucionId),
      readKlkSettings: () => Promise.resolve(config.klk),
      readDatabaseSettings: config.readDatabaseSettings,
    }).then(concludeRun);
  await summaryOf(run, json);
});

function readTiendas(archivo: string | undefined): readonly Tienda[] {
  return archivo === undefined
    ? readCatalogo()
    : parseCatalogo(readTextFile('TIENDAS_ARCHIVO', archivo), archivo);
}
