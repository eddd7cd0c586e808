import { EjecucionNoCompleta } from '../../lambdas/core/run/outcome.ts';
import type { RunSummary } from '../../lambdas/core/run/summary.ts';

/** Another run holds the lock, so this command did nothing. */
class EjecucionOmitida extends Error {
  override readonly name = 'EjecucionOmitida';
}

/**
 * Prints the summary of a run and returns it. A failed run throws an error that carries the summary: it is printed too.
 * @throws what `run` throws, and EjecucionOmitida when another run holds the lock.
 */
export async function summarize<Summary extends RunSummary>(
  run: () => Promise<Summary>,
  isSummary: (resumen: RunSummary) => resumen is Summary,
  print: (resumen: Summary) => Promise<void> | void,
): Promise<Summary> {
  try {
    const resumen = await run();
    await print(resumen);
    if (resumen.motivo !== undefined) throw new EjecucionOmitida(resumen.motivo);
    return resumen;
  } catch (error) {
    if (error instanceof EjecucionNoCompleta && isSummary(error.resumen)) await print(error.resumen);
    throw error;
  }
}

/** Prints a summary as JSON and nothing else. */
export const printJson = (resumen: unknown): void =>
  void process.stdout.write(`${JSON.stringify(resumen)}\n`);
