import { z } from 'zod';
import { ERRORES } from './codes.ts';
import type { CodigoError } from './codes.ts';
import { excerpt } from './excerpt.ts';

interface PipelineErrorOptions {
  readonly cause?: unknown;
  /** How long the source asked to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** What goes wrong in a run or a question: a code for machines, a Spanish message without secrets for people, the cause kept. */
export class PipelineError extends Error {
  override readonly name: string = 'PipelineError';
  readonly codigo: CodigoError;
  readonly retryAfterMs: number | undefined;

  constructor(codigo: CodigoError, mensaje: string, options: PipelineErrorOptions = {}) {
    super(mensaje, { cause: options.cause });
    this.codigo = codigo;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether the same attempt may succeed if repeated. */
export function isTransient(error: unknown): boolean {
  return error instanceof PipelineError && 'transitorio' in ERRORES[error.codigo];
}

const WithCode = z.object({ code: z.string() });

/** The code that a library or the system gave an error; undefined for none. */
export const codeOf = (error: unknown): string | undefined => WithCode.safeParse(error).data?.code;

/** Any thrown value as a PipelineError; an unknown one is a defect of this program, `ERROR_INTERNO`. */
export function toPipelineError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const mensaje = Error.isError(error) ? error.message : String(error);
  return new PipelineError('ERROR_INTERNO', `Error inesperado: ${excerpt(mensaje)}`, { cause: error });
}
