import { once } from 'node:events';
import type { Command } from 'commander';
import { z } from 'zod';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { warnOfUnknownVariables } from '../../lambdas/core/config/variables.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import { PUERTO_CONSULTAS } from '../../local/consultas/address.ts';
import { buildWeb } from '../../local/consultas/build-web.ts';
import { startConsultas } from '../../local/consultas/serve-consultas.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { faultsShape, parseFaults, switchOn } from '../program/faults.ts';
import { Interrupted } from '../program/interruption.ts';
import { optionsOf } from '../program/flags.ts';
import { warn } from '../output/terminal.ts';
import { withLocal } from '../program/with-local.ts';

const MAX_PUERTO = 65_535;

/** Answers `servir`. */
export async function serveLocally(command: Command): Promise<void> {
  const { falla, puerto } = optionsOf(command, { ...faultsShape, puerto: z.string().optional() });
  const faults = parseFaults(falla, readCatalogo());
  const port = puerto === undefined ? PUERTO_CONSULTAS : parsePuerto(puerto);
  warnOfUnknownVariables(warn);
  await withLocal(async (environment, interrupted) => {
    switchOn(environment.klk, faults);
    await serve(environment, port, interrupted);
  }).catch((error: unknown) => {
    // Ctrl-C is the usual way to end it.
    if (!(error instanceof Interrupted)) throw error;
  });
}

function parsePuerto(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > MAX_PUERTO)
    throw new ConfiguracionInvalida([`--puerto ${text}: debe ser un puerto, de 1 a ${MAX_PUERTO}`]);
  return port;
}

/**
 * Keeps page, PostgreSQL and KLK up until Ctrl-C. Prints the variables with which `etl` reaches them, and nothing else, so that the output can
 * be pasted.
 */
async function serve(
  { database, consultas, klk }: LocalEnvironment,
  port: number,
  interrupted: AbortSignal,
): Promise<void> {
  const page = await startConsultas({
    database: consultas,
    port,
    webDir: await buildWeb(),
    tiendas: readCatalogo(),
    onError: warn,
  });
  try {
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
      `La página está en ${page.url}; PostgreSQL y el simulador de KLK, en marcha para npm run etl y npm run ventas. Ctrl-C lo detiene todo.\n`,
    );
    // SIGHUP: the terminal was closed, so no Ctrl-C can come.
    if (!interrupted.aborted) await Promise.race([once(interrupted, 'abort'), once(process, 'SIGHUP')]);
  } finally {
    await page.close();
  }
}
