import type { Command } from 'commander';
import { z } from 'zod';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import type { DatabaseContext } from '../../lambdas/core/run/question.ts';
import { deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { addDias, diaAt } from '../../lambdas/core/time/dia.ts';
import { parseRequest } from '../../lambdas/inventario-klk/event.ts';
import { isResumen } from '../../lambdas/inventario-klk/summary.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { parseRequest as parseVentasRequest } from '../../lambdas/ventas-klk/event.ts';
import { isResumen as isResumenVentas } from '../../lambdas/ventas-klk/summary.ts';
import type { Resumen as ResumenVentas } from '../../lambdas/ventas-klk/summary.ts';
import { consultasUrl, PUERTO_CONSULTAS } from '../../local/consultas/address.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { readCommandConfig } from '../config.ts';
import { findVendedoras, QUESTION_LIMIT_MS } from '../program/asking.ts';
import { mondayBefore } from '../output/calendar.ts';
import { readCalendar, renderCalendar } from './cobertura.ts';
import { faultsShape, parseFaults, switchOn } from '../program/faults.ts';
import { localFlags } from '../program/flags.ts';
import type { LocalFlags } from '../program/flags.ts';
import { invokeLocally, invokeVentasLocally, scheduledEvent } from '../program/invoke-locally.ts';
import { createVentasView } from '../output/live-ventas.ts';
import { loadPast } from './past-load.ts';
import { withProgress } from '../output/progress.ts';
import { printSummary } from '../output/run-summary.ts';
import { requestNotLoaded } from './solo-fallidas.ts';
import { printJson, summarize } from '../output/summarize.ts';
import { renderVentasSummary } from '../output/ventas-summary.ts';
import { renderVerification, renderVerificationVentas } from '../output/verification.ts';
import { readVerificationRows, readVerificationVentas } from '../queries/read-verification.ts';
import { withLocal } from '../program/with-local.ts';

/** What a run of `local` has. */
interface Local {
  readonly environment: LocalEnvironment;
  readonly context: DatabaseContext;
  readonly interrupted: AbortSignal;
  readonly flags: LocalFlags;
}

/** Loads into the database of this machine what the flags ask for: the inventory, then the sales. */
export async function load(program: Command): Promise<void> {
  const flags = localFlags(program);
  const faults = parseFaults(z.object(faultsShape).parse(program.opts()).falla, readCatalogo());
  // Checked before anything is started, so that a wrong store or day is refused at once.
  if (flags.inventario !== undefined) parseRequest(flags.inventario, readCatalogo());
  if (flags.ventas !== undefined) parseVentasRequest(flags.ventas, readCatalogo(), diaAt(new Date()));
  await withLocal(async (environment, interrupted) => {
    if (isPlain(flags, faults)) await loadPast(environment, interrupted, flags.json);
    const context = {
      readTunables: () => readCommandConfig().tunables,
      readDatabaseSettings: () => Promise.resolve(environment.database),
      deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
    };
    switchOn(environment.klk, faults);
    await loadBoth({ environment, context, interrupted, flags });
  });
}

/** Whether a run has no flags that limit or change it: only then an empty database gets a past. */
const isPlain = (
  { inventario, ventas, dryRun, soloFallidas }: LocalFlags,
  faults: readonly unknown[],
): boolean =>
  faults.length === 0 &&
  !dryRun &&
  !soloFallidas &&
  inventario !== undefined &&
  !inventario.forzar &&
  inventario.tiendas === undefined &&
  ventas?.desde === undefined;

/** Runs both pipelines, the second also when the first fails. */
async function loadBoth(local: Local): Promise<void> {
  const { flags, interrupted } = local;
  const failures: unknown[] = [];
  const resumenes: { inventario?: Resumen; ventas?: ResumenVentas } = {};
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  if (flags.inventario !== undefined) {
    await attempt(() =>
      loadInventario(local, (resumen) => {
        resumenes.inventario = resumen;
      }),
    );
  }
  if (flags.ventas !== undefined && !interrupted.aborted) {
    await attempt(() =>
      loadVentas(local, (resumen) => {
        resumenes.ventas = resumen;
      }),
    );
  }
  if (flags.json) printBoth(resumenes);
  else if (failures.length === 0 && !interrupted.aborted && !flags.dryRun) await printRows(local, resumenes);
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, failures.map(toMessage).join('\n'));
}

const toMessage = (error: unknown): string => (Error.isError(error) ? error.message : String(error));

/** Prints the summary of the inventory with that of the sales in it, or the only one as its own program does. */
function printBoth({
  inventario,
  ventas,
}: {
  readonly inventario?: Resumen;
  readonly ventas?: ResumenVentas;
}): void {
  if (inventario === undefined && ventas === undefined) return;
  printJson(inventario === undefined ? ventas : { ...inventario, ...(ventas !== undefined && { ventas }) });
}

async function loadInventario(
  { environment, context, interrupted, flags }: Local,
  keep: (resumen: Resumen) => void,
): Promise<void> {
  const request = flags.soloFallidas ? await requestNotLoaded(context, readCatalogo()) : flags.inventario;
  if (request === undefined) return;
  const { tiendas } = parseRequest(request, readCatalogo());
  const asked = request.dryRun || request.forzar || request.tiendas !== undefined;
  const event = asked ? request : scheduledEvent();
  await summarize(
    () =>
      withProgress(tiendas, flags.json, interrupted, () => invokeLocally(event, environment, interrupted)),
    isResumen,
    async (resumen) => {
      keep(resumen);
      if (!flags.json && !interrupted.aborted) await printSummary(resumen, context);
    },
  );
}

async function loadVentas(
  { environment, interrupted, flags }: Local,
  keep: (resumen: ResumenVentas) => void,
): Promise<void> {
  const request = flags.ventas ?? { dryRun: false, forzar: false };
  const { tiendas } = parseVentasRequest(request, readCatalogo(), diaAt(new Date()));
  const asked = request.dryRun || request.tiendas !== undefined || request.desde !== undefined;
  const event = asked ? request : scheduledEvent();
  await summarize(
    () =>
      withProgress(
        tiendas,
        flags.json,
        interrupted,
        () => invokeVentasLocally(event, environment, interrupted),
        createVentasView(),
      ),
    isResumenVentas,
    (resumen) => {
      keep(resumen);
      if (!flags.json && !interrupted.aborted) process.stdout.write(`\n${renderVentasSummary(resumen)}`);
    },
  );
}

/** Some of the rows that were loaded, and the calendar of the last weeks. */
async function printRows(
  { environment: { database }, context }: Local,
  { inventario, ventas }: { readonly inventario?: Resumen; readonly ventas?: ResumenVentas },
): Promise<void> {
  if (inventario !== undefined)
    process.stdout.write(renderVerification(await readVerificationRows(database)));
  if (ventas === undefined) return;
  process.stdout.write(renderVerificationVentas(await readVerificationVentas(database)));
  const hoy = diaAt(new Date());
  const tiendas = findVendedoras(undefined, readCatalogo());
  const desde = mondayBefore(addDias(hoy, -6));
  const rows = await askDatabase(context, (client) => readCalendar(client, tiendas, desde, hoy));
  process.stdout.write(`\nCobertura de las ventas desde el ${desde}\n${renderCalendar(rows, desde, hoy)}`);
  process.stdout.write(
    `\nPara verlo todo en una página: npm run local -- servir, y abra ${consultasUrl(PUERTO_CONSULTAS)}\n`,
  );
}
