import { EjecucionFallida, EjecucionIncompleta } from '../../lambdas/inventario-klk/refusals.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import { renderSummary } from './summary-table.ts';

/** Another run holds the lock: for whoever asked by command, nothing was done. */
class EjecucionOmitida extends Error {
  override readonly name = 'EjecucionOmitida';
}

/** Prints the summary of a run, whether it was returned or came with the error that a run in trouble throws, and returns it. */
export async function summarize(run: () => Promise<Resumen>, asJson: boolean): Promise<Resumen> {
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

/** Standard output: JSON and nothing else, or a table. */
function printSummary(resumen: Resumen, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(resumen)}\n` : renderSummary(resumen));
}
