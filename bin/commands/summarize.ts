import { EjecucionFallida, EjecucionIncompleta } from '../../lambdas/core/run/outcome.ts';
import { isResumen } from '../../lambdas/inventario-klk/summary.ts';
import type { Resumen } from '../../lambdas/inventario-klk/summary.ts';
import type { HeldRows } from './held-rows.ts';
import { renderSummary } from './summary-table.ts';

/** Another run holds the lock: for whoever asked by command, nothing was done. */
class EjecucionOmitida extends Error {
  override readonly name = 'EjecucionOmitida';
}

/**
 * Prints the summary of a run, whether it was returned or came with the error that a run in trouble throws, and returns it. `readHeld` is
 * asked what the warehouses hold that were not loaded, where that is shown.
 */
export async function summarize(
  run: () => Promise<Resumen>,
  asJson: boolean,
  interrupted: AbortSignal,
  readHeld: () => Promise<HeldRows>,
): Promise<Resumen> {
  const print = async (resumen: Resumen): Promise<void> => {
    // Whoever interrupted a run waits for its end, not for its table.
    if (asJson || !interrupted.aborted) await printSummary(resumen, asJson, readHeld);
  };
  try {
    const resumen = await run();
    await print(resumen);
    if (resumen.motivo !== undefined) throw new EjecucionOmitida(resumen.motivo);
    return resumen;
  } catch (error) {
    const known = error instanceof EjecucionIncompleta || error instanceof EjecucionFallida;
    if (known && isResumen(error.resumen)) await print(error.resumen);
    throw error;
  }
}

/** Standard output: JSON and nothing else, or a table. A dry run reads no database, not even for its table. */
async function printSummary(
  resumen: Resumen,
  asJson: boolean,
  readHeld: () => Promise<HeldRows>,
): Promise<void> {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(resumen)}\n`);
    return;
  }
  const complete = resumen.tiendas.every(({ estado }) => estado === 'cargada');
  const held: HeldRows = complete || resumen.dryRun ? new Map() : await readHeld();
  process.stdout.write(renderSummary(resumen, held));
}
