import { fileURLToPath } from 'node:url';
import { Argument } from 'commander';
import { z } from 'zod';
import { readCatalogo } from '../lambdas/inventario-klk/catalogo.ts';
import { parseRequest } from '../lambdas/inventario-klk/event.ts';
import { withLocalEnvironment } from '../local/environment.ts';
import { parseFaults, switchOn } from './commands/faults.ts';
import { createRunCommand, parseCommand, runFlags } from './commands/flags.ts';
import { invokeLocally, scheduledEvent } from './commands/invoke-locally.ts';
import { redirectLogs } from './commands/log-lines.ts';
import { runCommand, summaryOf } from './commands/run-command.ts';
import { serve } from './commands/serve.ts';
import { renderRows } from './commands/summary-table.ts';
import { refuseSwallowedFlags } from './commands/swallowed-flags.ts';
import { readVerificationRows } from './commands/verification-rows.ts';

const DATA_DIR = fileURLToPath(new URL('../.local', import.meta.url));

const SERVIR = 'mantiene PostgreSQL y KLK en marcha e imprime las variables para npm run etl';

const FaultFlagsSchema = z.object({ falla: z.array(z.string()).default([]) });

await runCommand(async () => {
  const argv = process.argv.slice(2);
  refuseSwallowedFlags('local', argv, process.env);
  const command = createRunCommand(
    'local',
    'Todo en esta máquina: PostgreSQL, un simulador de KLK y el Lambda de verdad.',
  )
    .option('--falla <codigo=tipo...>', 'falla del simulador para un almacén, o para todos con *=tipo')
    .addArgument(new Argument('[servir]', SERVIR).choices(['servir']));
  parseCommand(command, argv);
  const { json, ...request } = runFlags(command);
  const tiendas = readCatalogo();
  const faults = parseFaults(FaultFlagsSchema.parse(command.opts()).falla, tiendas);
  const asked = request.dryRun || request.forzar || request.tiendas !== undefined;
  parseRequest(request, tiendas);

  redirectLogs(json);
  const warn = (message: string): void => void process.stderr.write(`! ${message}\n`);
  await withLocalEnvironment(DATA_DIR, tiendas, warn, async (environment) => {
    switchOn(environment.klk, faults);
    if (command.args.length > 0) return serve(environment);

    const event = asked ? request : scheduledEvent();
    const resumen = await summaryOf(() => invokeLocally(event, environment), json);
    if (!json && !resumen.dryRun)
      process.stdout.write(renderRows(await readVerificationRows(environment.database)));
  });
});
