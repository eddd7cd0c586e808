import { PipelineError, ERRORES } from '../../lambdas/shared/errors.ts';
import {
  ConfiguracionInvalida,
  EjecucionFallida,
  EjecucionIncompleta,
  SolicitudInvalida,
} from '../../lambdas/inventario-klk/refusals.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { HelpShown } from './flags.ts';
import { renderSummary } from './summary-table.ts';

/** Exit statuses of every command (interfaces.md): all done, something was not done, nothing was touched. */
const DONE = 0;
const NOT_DONE = 1;
const REFUSED = 2;

/** Another run holds the lock: for whoever asked by command, nothing was done. */
class EjecucionOmitida extends Error {
  override readonly name = 'EjecucionOmitida';
}

/** Runs a command's body and ends with its exit status; what was thrown is told on standard error, without a stack. */
export async function runCommand(body: () => Promise<void>): Promise<void> {
  try {
    await body();
    process.exitCode = DONE;
  } catch (error) {
    process.exitCode = exitStatus(error);
    if (!(error instanceof HelpShown)) process.stderr.write(`${describe(error)}\n`);
  }
}

/** Prints a run's summary on standard output: JSON and nothing else, or a table. */
function printSummary(resumen: Resumen, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(resumen)}\n` : renderSummary(resumen));
}

/** A run's summary, whether it was returned or came with the error that a run in trouble throws. */
export async function summaryOf(run: () => Promise<Resumen>, asJson: boolean): Promise<Resumen> {
  try {
    const resumen = await run();
    printSummary(resumen, asJson);
    if (resumen.motivo !== undefined) throw new EjecucionOmitida(resumen.motivo);
    return resumen;
  } catch (error) {
    if (error instanceof EjecucionIncompleta || error instanceof EjecucionFallida)
      printSummary(error.resumen, asJson);
    throw error;
  }
}

function exitStatus(error: unknown): number {
  if (error instanceof HelpShown) return DONE;
  return error instanceof ConfiguracionInvalida || error instanceof SolicitudInvalida ? REFUSED : NOT_DONE;
}

function describe(error: unknown): string {
  if (error instanceof PipelineError)
    return `${error.codigo}: ${error.message}. ${ERRORES[error.codigo].remedio}`;
  return error instanceof Error ? error.message : String(error);
}
