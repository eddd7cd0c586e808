import { z } from 'zod';
import { codeOf, PipelineError } from '../errors/errors.ts';
import type { CodigoError } from '../errors/codes.ts';
import { describeFila } from '../errors/describe-fila.ts';
import { excerpt } from '../errors/excerpt.ts';
import type { KlkLimits } from './settings.ts';

/** Codes of Node's sockets and of undici, https://undici.nodejs.org/#/docs/api/Errors. */
const BY_CODE: Readonly<Record<string, CodigoError>> = {
  ECONNREFUSED: 'KLK_INACCESIBLE',
  ENOTFOUND: 'KLK_INACCESIBLE',
  EAI_AGAIN: 'KLK_INACCESIBLE',
  EHOSTUNREACH: 'KLK_INACCESIBLE',
  ENETUNREACH: 'KLK_INACCESIBLE',
  ETIMEDOUT: 'KLK_INACCESIBLE',
  UND_ERR_CONNECT_TIMEOUT: 'KLK_INACCESIBLE',
  UND_ERR_HEADERS_TIMEOUT: 'KLK_SIN_RESPUESTA',
  UND_ERR_BODY_TIMEOUT: 'KLK_SIN_RESPUESTA',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'KLK_DEMASIADO_GRANDE',
};

const RETRY_AFTER_SECONDS = /^\d+$/;

/** A request that did not get a whole answer, as a PipelineError. `host` is KLK's name and port. */
export function toTransportError(error: unknown, host: string, limits: KlkLimits): PipelineError {
  if (error instanceof PipelineError) return error;
  if (Error.isError(error) && error.name === 'TimeoutError') {
    return new PipelineError(
      'KLK_SIN_RESPUESTA',
      `KLK (${host}) no terminó de contestar en ${limits.timeoutMs} ms`,
      {
        cause: error,
      },
    );
  }
  const code = codeOf(error) ?? '';
  const codigo = BY_CODE[code] ?? 'KLK_CORTADA';
  // A name with several addresses fails with one error for all, which has a code and no message.
  const detalle = excerpt((Error.isError(error) ? error.message : String(error)) || code);
  return new PipelineError(codigo, `${MENSAJES[codigo] ?? 'KLK cortó la conexión'} (${host}): ${detalle}`, {
    cause: error,
  });
}

const MENSAJES: Partial<Record<CodigoError, string>> = {
  KLK_INACCESIBLE: 'No se pudo conectar a KLK',
  KLK_SIN_RESPUESTA: 'KLK no contesta a tiempo',
  KLK_DEMASIADO_GRANDE: 'KLK contestó más bytes de los admitidos',
};

/** An HTTP status other than 200 as a PipelineError; redirects are refusals, they are never followed. */
export function toStatusError(
  status: number,
  retryAfter: string | string[] | undefined,
  cuerpo: string,
): PipelineError {
  const mensaje = `KLK contestó HTTP ${status}: ${cuerpo}`;
  if (status === 429 || status === 503) {
    return new PipelineError('KLK_SATURADA', mensaje, { retryAfterMs: parseRetryAfter(retryAfter) });
  }
  return new PipelineError(status >= 500 ? 'KLK_ERROR_SERVIDOR' : 'KLK_SOLICITUD_RECHAZADA', mensaje);
}

/** `Retry-After` in milliseconds, from seconds or an HTTP date; undefined when it is neither. */
export function parseRetryAfter(
  header: string | string[] | undefined,
  now: number = Date.now(),
): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (RETRY_AFTER_SECONDS.test(header.trim())) return Number(header) * 1000;
  // A date has a day name; Date.parse alone would take "-5" or "2" for a year.
  const at = /^[A-Z][a-z]{2},/.test(header.trim()) ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const ErrorAnswerSchema = z.looseObject({
  error: z.unknown().refine((error) => error !== undefined && error !== null),
});

/**
 * Refuses an error that came with HTTP 200.
 * @throws PipelineError `KLK_ERROR`
 */
export function refuseErrorAnswer(json: unknown): void {
  const failure = ErrorAnswerSchema.safeParse(json);
  if (!failure.success) return;
  const { error } = failure.data;
  throw new PipelineError(
    'KLK_ERROR',
    `KLK contestó un error: ${excerpt(typeof error === 'string' ? error : describeFila(error))}`,
  );
}
