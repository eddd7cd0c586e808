import { codeOf, PipelineError } from './errors.ts';
import { excerpt } from './excerpt.ts';

/** A longer chain of causes adds nothing, and may be circular. */
const MAX_CAUSES = 5;

const MAX_FRAMES = 12;

/** A message of ours names every problem of a secret or an environment, and quotes only excerpts. */
const MAX_OWN_MESSAGE = 4_000;

/** A stack frame as V8 writes it, and no text of a message. */
const FRAME = /^ {4}at .+:\d+:\d+\)?$/;

/** What is logged of an error; other properties of libraries' errors hold payloads, headers and rows. */
export interface DescribedError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: DescribedError;
}

/** An error and its causes, each part bounded. */
export function describeError(error: Error, causesLeft: number = MAX_CAUSES): DescribedError {
  const code = error instanceof PipelineError ? error.codigo : codeOf(error);
  const { cause } = error;
  return {
    name: excerpt(error.name),
    ...(code !== undefined && { code: excerpt(code) }),
    message:
      error instanceof PipelineError ? error.message.slice(0, MAX_OWN_MESSAGE) : excerpt(error.message),
    stack: framesOf(error),
    ...(Error.isError(cause) && causesLeft > 0 && { cause: describeError(cause, causesLeft - 1) }),
  };
}

/** For the logger's JSON: an error anywhere in a line takes this form. */
export const describeErrorsInJson = (_key: string, value: unknown): unknown =>
  Error.isError(value) ? describeError(value) : value;

/** Where it was thrown, without the message that V8 puts in front. */
function framesOf({ stack, message }: Error): string {
  if (typeof stack !== 'string') return '';
  return stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => `    ${excerpt(line)}`)
    .join('\n');
}
