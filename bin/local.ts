import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { z } from 'zod';
import { readCatalogo } from '../lambdas/inventario-klk/catalogo.ts';
import { readCommandConfig } from '../lambdas/inventario-klk/config.ts';
import { deadlineIn, orAborted } from '../lambdas/inventario-klk/deadline.ts';
import { parseRequest } from '../lambdas/inventario-klk/event.ts';
import { KlkSettingsSchema } from '../lambdas/inventario-klk/settings.ts';
import { withLocalEnvironment } from '../local/environment.ts';
import type { LocalEnvironment } from '../local/environment.ts';
import { QUESTION_LIMIT_MS } from './commands/asking.ts';
import { addCommand, createProgram, optionsOf, runProgram } from './commands/command.ts';
import { parseFaults, switchOn } from './commands/faults.ts';
import { readHeldRows } from './commands/held-rows.ts';
import { Interrupted, interruptible } from './commands/interruption.ts';
import { invokeLocally, scheduledEvent } from './commands/invoke-locally.ts';
import { withProgress } from './commands/progress.ts';
import { addQuestions } from './commands/questions.ts';
import { runCommand } from './commands/run-command.ts';
import { runFlags, withRunFlags } from './commands/run-flags.ts';
import { serve } from './commands/serve.ts';
import { requestNotLoaded } from './commands/solo-fallidas.ts';
import { summarize } from './commands/summarize.ts';
import { warnOnTerminal } from './commands/warnings.ts';
import { readVerificationRows, renderVerification } from './commands/verification-rows.ts';

const DATA_DIR = fileURLToPath(new URL('../.local', import.meta.url));

const faultsShape = { falla: z.array(z.string()).default([]) };

await runCommand('local', async (argv) => {
  const program = withFaults(
    withRunFlags(
      createProgram('local', 'Todo en esta máquina: PostgreSQL, un simulador de KLK y el Lambda de verdad.'),
    ),
  );
  program.action(() => load(program));
  withFaults(
    addCommand(
      program,
      'servir',
      'mantiene PostgreSQL y KLK en marcha e imprime las variables para npm run etl',
    ),
  ).action(async (_options, command: Command) => {
    const faults = parseFaults(optionsOf(command, faultsShape).falla, readCatalogo());
    warnOnTerminal();
    await withLocal(async (environment, interrupted) => {
      switchOn(environment.klk, faults);
      await serve(environment, interrupted);
    }).catch((error: unknown) => {
      // Ctrl-C is how it is meant to end.
      if (!(error instanceof Interrupted)) throw error;
    });
  });
  addQuestions(program, {
    readCatalogo,
    // The event is the scheduled one, but a person sent it.
    nameOrigen: (origen) => (origen === 'programada' ? 'local' : origen),
    withSystems: (ask) =>
      withLocal(({ database, klk }, interrupted) =>
        ask({
          readCatalogo,
          readTunables: () => readCommandConfig().tunables,
          readKlkSettings: () => Promise.resolve(KlkSettingsSchema.parse({ baseUrl: klk.baseUrl })),
          readDatabaseSettings: () => Promise.resolve(database),
          deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
          place: { program: 'local' },
        }),
      ),
  });
  await runProgram(program, argv);
});

function withFaults(command: Command): Command {
  return command.option(
    '--falla <codigo=tipo...>',
    'falla del simulador para un almacén, o para todos con *=tipo',
  );
}

async function load(program: Command): Promise<void> {
  const { json, soloFallidas, ...flags } = runFlags(program);
  const faults = parseFaults(z.object(faultsShape).parse(program.opts()).falla, readCatalogo());
  // Before anything is started, so that a wrong store costs nothing.
  parseRequest(flags, readCatalogo());
  await withLocal(async (environment, interrupted) => {
    const systems = {
      readTunables: () => readCommandConfig().tunables,
      readDatabaseSettings: () => Promise.resolve(environment.database),
      deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
    };
    const request = soloFallidas ? await requestNotLoaded(systems, readCatalogo()) : flags;
    if (request === undefined) return;
    switchOn(environment.klk, faults);
    const { tiendas } = parseRequest(request, readCatalogo());
    const asked = request.dryRun || request.forzar || request.tiendas !== undefined;
    const event = asked ? request : scheduledEvent();
    const resumen = await summarize(
      () => withProgress(tiendas, json, interrupted, () => invokeLocally(event, environment, interrupted)),
      json,
      interrupted,
      () => readHeldRows(systems),
    );
    if (!json && !resumen.dryRun && !interrupted.aborted)
      process.stdout.write(renderVerification(await readVerificationRows(environment.database)));
  });
}

/** Whatever happens to `fn`, PostgreSQL is stopped and its data are whole. */
function withLocal(
  fn: (environment: LocalEnvironment, interrupted: AbortSignal) => Promise<void>,
): Promise<void> {
  const warn = (message: string): void => void process.stderr.write(`! ${message}\n`);
  return interruptible((interrupted) =>
    withLocalEnvironment(DATA_DIR, readCatalogo(), warn, async (environment) => {
      // Bringing everything up cannot be interrupted.
      if (!interrupted.aborted) await fn(environment, interrupted);
    }),
  );
}
