import { once } from 'node:events';
import type { Command } from 'commander';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { warnOfUnknownVariables } from '../../lambdas/core/config/variables.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { faultsShape, parseFaults, switchOn } from './faults.ts';
import { Interrupted } from './interruption.ts';
import { optionsOf } from './flags.ts';
import { warn } from './terminal.ts';
import { withLocal } from './with-local.ts';

/** Answers `servir`. */
export async function serveLocally(command: Command): Promise<void> {
  const faults = parseFaults(optionsOf(command, faultsShape).falla, readCatalogo());
  warnOfUnknownVariables(warn);
  await withLocal(async (environment, interrupted) => {
    switchOn(environment.klk, faults);
    await serve(environment, interrupted);
  }).catch((error: unknown) => {
    // Ctrl-C is the normal end.
    if (!(error instanceof Interrupted)) throw error;
  });
}

/** Keeps PostgreSQL and KLK up until Ctrl-C, after printing the variables with which `etl` reaches them. */
async function serve({ database, klk }: LocalEnvironment, interrupted: AbortSignal): Promise<void> {
  const variables = {
    KLK_URL: klk.baseUrl,
    POSTGRES_HOST: database.host,
    POSTGRES_PORT: database.port,
    POSTGRES_DB: database.database,
    POSTGRES_USER: database.user,
    POSTGRES_PASSWORD: database.password,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(lines.join(''));
  process.stderr.write(
    'PostgreSQL y el simulador de KLK están en marcha para npm run etl y npm run ventas; Ctrl-C los detiene.\n',
  );
  // SIGHUP: the terminal was closed, so no Ctrl-C can come.
  await Promise.race([once(interrupted, 'abort'), once(process, 'SIGHUP')]);
}
