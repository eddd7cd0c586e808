import type { Command } from 'commander';
import { z } from 'zod';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { readCommandConfig } from '../config.ts';
import { deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { parseRequest } from '../../lambdas/inventario-klk/event.ts';
import { QUESTION_LIMIT_MS } from './asking.ts';
import { faultsShape, parseFaults, switchOn } from './faults.ts';
import { readHeldRows } from './held-rows.ts';
import { invokeLocally, scheduledEvent } from './invoke-locally.ts';
import { withProgress } from './progress.ts';
import { runFlags } from './run-flags.ts';
import { requestNotLoaded } from './solo-fallidas.ts';
import { summarize } from './summarize.ts';
import { readVerificationRows, renderVerification } from './verification-rows.ts';
import { withLocal } from './with-local.ts';

/** Loads into the database of this machine what the flags ask for. */
export async function load(program: Command): Promise<void> {
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
