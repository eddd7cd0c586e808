import type { DescribedError } from '../../lambdas/core/errors/describe-error.ts';
import { PipelineError } from '../../lambdas/core/errors/errors.ts';
import { ConfiguracionInvalida, SolicitudInvalida } from '../../lambdas/core/errors/invalid.ts';
import { describeFailure } from '../../lambdas/core/errors/remedy.ts';
import { HelpShown } from './command.ts';
import { Interrupted } from './interruption.ts';
import { refuseSwallowedFlags } from './swallowed-flags.ts';

/** Exit statuses of every command: all done, something was not done, nothing was touched. */
const DONE = 0;
const NOT_DONE = 1;
const REFUSED = 2;

/** The answer was given, and it is that something is wrong: nothing more is printed. */
export class AnsweredBadly extends Error {
  override readonly name = 'AnsweredBadly';
}

/** Runs a command's body and ends with its exit status; what was thrown is told on standard error, without a stack. */
export async function runCommand(
  name: 'local' | 'etl' | 'migrate',
  body: (argv: readonly string[]) => Promise<void>,
): Promise<void> {
  const argv = process.argv.slice(2);
  outliveReaders();
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

/** Whoever reads the output may leave (`| head`, a dropped SSH): the output ends there, the work does not. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

function exitStatus(error: unknown): number {
  if (error instanceof Interrupted) return error.status;
  if (error instanceof HelpShown) return DONE;
  return error instanceof ConfiguracionInvalida || error instanceof SolicitudInvalida ? REFUSED : NOT_DONE;
}

function describe(error: unknown, words: readonly string[], program: 'local' | 'etl' | 'migrate'): string {
  if (error instanceof PipelineError)
    return describeFailure(error.codigo, error.message, { words }, { program });
  // One problem needs no list around it.
  if (error instanceof ConfiguracionInvalida && error.problemas.length === 1) return error.problemas.join();
  return Error.isError(error) ? error.message : String(error);
}

/** The stack of an error and of its causes, without what libraries hang on them: payloads, headers, rows. */
async function describeTrace(error: unknown): Promise<string> {
  if (!Error.isError(error)) return String(error);
  const { describeError } = await import('../../lambdas/core/errors/describe-error.ts');
  const lines: string[] = [];
  for (let told: DescribedError | undefined = describeError(error); told !== undefined; told = told.cause) {
    lines.push(`${lines.length === 0 ? '' : 'Causa: '}${told.name}: ${told.message}`, told.stack);
  }
  return lines.join('\n');
}
