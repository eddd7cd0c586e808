import { z } from '@hono/zod-openapi';
import type { CodigoError } from '../core/errors/codes.ts';
import { PipelineError } from '../core/errors/errors.ts';

/** The types of RFC 9457 problems, each with its status and title. */
const TYPES = {
  'parametros-invalidos': { status: 400, title: 'Hay parámetros que no sirven' },
  'sin-sesion': { status: 401, title: 'Hay que iniciar sesión' },
  'sin-acceso': { status: 403, title: 'Su usuario no tiene acceso' },
  'tienda-ajena': { status: 403, title: 'Esa tienda no es suya' },
  'no-encontrado': { status: 404, title: 'No existe' },
  metodo: { status: 405, title: 'Aquí solo se consulta' },
  'error-interno': { status: 500, title: 'Error del servicio' },
  'demasiado-lento': { status: 503, title: 'La pregunta tarda demasiado' },
  'base-inaccesible': { status: 503, title: 'No se puede preguntar a la base de datos' },
} as const;

/** The type of a problem, without the `urn:consultas:` before it. */
export type ProblemType = keyof typeof TYPES;

/** A wrong parameter, with its valid values where they can be listed. */
export interface FieldError {
  readonly campo: string;
  readonly mensaje: string;
  readonly validos?: readonly string[];
}

/** A problem as it is answered. */
export const ProblemSchema = z
  .strictObject({
    type: z.string().meta({ example: 'urn:consultas:parametros-invalidos' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errores: z
      .array(
        z.strictObject({
          campo: z.string(),
          mensaje: z.string(),
          validos: z.array(z.string()).optional(),
        }),
      )
      .optional(),
  })
  .openapi('Problema');

interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that is refused or failed. The message says why, in Spanish. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly type: ProblemType;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemType, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.type = type;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** The problem that names every wrong parameter. */
export const invalidParameters = (errors: readonly FieldError[]): ProblemError =>
  new ProblemError(
    'parametros-invalidos',
    errors.map(({ campo, mensaje }) => `${campo}: ${mensaje}`).join('; '),
    { errors },
  );

/** The problem of one wrong parameter. */
export const invalidParameter = (campo: string, mensaje: string, validos?: readonly string[]): ProblemError =>
  invalidParameters([{ campo, mensaje, ...(validos !== undefined && { validos }) }]);

const SLOW_RETRY_S = '10';
const DOWN_RETRY_S = '30';

/** Errors of a database that works and did not finish in time. */
const SLOW: ReadonlySet<CodigoError> = new Set(['BD_TIEMPO', 'BD_BLOQUEO']);

/** Errors of a database that cannot be used. */
const DOWN: ReadonlySet<CodigoError> = new Set([
  'BD_INACCESIBLE',
  'BD_CONEXION_PERDIDA',
  'BD_CREDENCIALES',
  'BD_INEXISTENTE',
  'BD_INTERMEDIARIO',
  'BD_SIN_MIGRAR',
  'BD_TLS',
  'SECRETO_INACCESIBLE',
  'SECRETO_INVALIDO',
]);

/** Any thrown value as the problem to answer. An unexpected one is `error-interno`, whose text says nothing but `id`. */
export function toProblem(error: unknown, id: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof PipelineError && SLOW.has(error.codigo)) {
    return new ProblemError(
      'demasiado-lento',
      'La base de datos no terminó a tiempo. Pida menos días o una sola tienda, o repita en unos segundos.',
      { headers: { 'Retry-After': SLOW_RETRY_S }, cause: error },
    );
  }
  if (error instanceof PipelineError && DOWN.has(error.codigo)) {
    return new ProblemError(
      'base-inaccesible',
      'La base de datos no contesta. Los datos que ya tiene en pantalla siguen siendo los últimos; repita en medio minuto.',
      { headers: { 'Retry-After': DOWN_RETRY_S }, cause: error },
    );
  }
  return new ProblemError('error-interno', `Error inesperado; quedó anotado con el número ${id}.`, {
    cause: error,
  });
}

/** A problem as an HTTP response, which must not be cached. */
export function toResponse({ type, message, errors, headers }: ProblemError): Response {
  const { status, title } = TYPES[type];
  const body = { type: `urn:consultas:${type}`, title, status, detail: message, errores: errors };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  });
}
