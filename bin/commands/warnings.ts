import { warnOfUnknownVariables } from '../../lambdas/core/config/variables.ts';

/** Tells of variables that nobody reads, where no run's log does. */
export function warnOnTerminal(): void {
  warnOfUnknownVariables((motivo) => process.stderr.write(`! ${motivo}\n`));
}
