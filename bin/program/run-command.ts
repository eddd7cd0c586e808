import type { DescribedError } from '../../lambdas/core/errors/describe-error.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { ConfiguracionInvalida, SolicitudInvalida } from '../../lambdas/core/errors/invalid.ts';
import { describeFailure } from '../../lambdas/core/run/remedy.ts';
import { HelpShown } from './command.ts';
import { Interrupted } from './interruption.ts';
import { refuseSwallowedFlags } from './flags.ts';

/** Exit statuses of every command: done, something was not done, refused before anything was touched. */
const DONE = 0;
const NOT_DONE = 1;
const REFUSED = 2;

/** Thrown after an answer that reports a problem was printed: it sets the exit status. */
export class AnsweredBadly extends Error {
  override readonly name = 'AnsweredBadly';
}

/** The programs, by the names of their npm scripts. */
type Program = 'local' | 'etl' | 'ventas' | 'migrate';

/** Runs a command's body and sets the exit status. An error is printed on standard error, without its stack. */
export async function runCommand(
  name: Program,
  body: (argv: readonly string[]) => Promise<void>,
): Promise<void> {
  const argv = process.argv.slice(2);
  ignoreClosedOutput();
  try {
    refuseSwallowedFlags(name, argv, process.env);
    await body(argv);
    process.exitCode = DONE;
  } catch (error) {
    process.exitCode = exitStatus(error);
    if (error instanceof HelpShown || error instanceof AnsweredBadly || error instanceof Interrupted) return;
    process.stderr.write(`${describe(error, argv, name)}\n`);
    if (argv.includes('--detalle')) process.stderr.write(`${await describeTrace(error)}\n`);
  }
}

/** Lets the work go on when the reader of the output closes it, as `| head` or a dropped SSH session does. */
function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

function exitStatus(error: unknown): number {
  if (error instanceof Interrupted) return error.status;
  if (error instanceof HelpShown) return DONE;
  return error instanceof ConfiguracionInvalida || error instanceof SolicitudInvalida ? REFUSED : NOT_DONE;
}

function describe(error: unknown, words: readonly string[], program: Program): string {
  if (error instanceof PipelineError) {
    const asked = { words, ...(program === 'ventas' && { flujo: 'ventas' as const }) };
    return describeFailure(error.codigo, error.message, asked, { program });
  }
  // A single problem is shown without a list.
  if (error instanceof ConfiguracionInvalida && error.problemas.length === 1) return error.problemas.join();
  return Error.isError(error) ? error.message : String(error);
}

/** The stacks of an error and its causes. Other properties of libraries' errors are left out: they hold payloads, headers and rows. */
async function describeTrace(error: unknown): Promise<string> {
  if (!Error.isError(error)) return String(error);
  const { describeError } = await import('../../lambdas/core/errors/describe-error.ts');
  const lines: string[] = [];
  for (let next: DescribedError | undefined = describeError(error); next !== undefined; next = next.cause) {
    lines.push(`${lines.length === 0 ? '' : 'Causa: '}${next.name}: ${next.message}`, next.stack);
  }
  return lines.join('\n');
}
