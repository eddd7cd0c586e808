import { createHash } from 'node:crypto';
import { maySee, readAcceso, scopeOf } from './access.ts';
import type { AccessRules } from './access.ts';
import type { Database } from './database.ts';
import { sortedEntries } from './endpoint.ts';
import type { Endpoint, Values } from './endpoint.ts';
import { invalidParameter, ProblemError } from './problem.ts';
import type { FieldError } from './problem.ts';
import { readTiendas } from './queries/read-tiendas.ts';

/** What serving an endpoint needs. */
export interface ServeContext {
  readonly database: Database;
  readonly access: AccessRules;
  /** Changes with every build, so that no ETag of another build matches. */
  readonly version: string;
}

/** A request as an endpoint sees it; `claims` are those of a verified token. */
export interface Request {
  readonly query: URLSearchParams;
  readonly pathValues: Values;
  readonly ifNoneMatch: string | undefined;
  readonly claims: unknown;
}

/** A browser keeps an answer for its user, and asks each time whether it has changed: mostly it gets 304. */
const CACHING = { 'Cache-Control': 'private, no-cache', Vary: 'Authorization' };

/**
 * Answers a request: checks the access, then the parameters, then reads the data. The ETag is a hash of program, data, day, question and access.
 * A request with that ETag gets 304 before any row is read.
 * @throws ProblemError, PipelineError `BD_*`, `SECRETO_*`
 */
export async function serve(endpoint: Endpoint, request: Request, context: ServeContext): Promise<Response> {
  const acceso = readAcceso(request.claims, context.access, new Date());
  const { values, fieldErrors } = readValues(endpoint, request);
  const prepared = endpoint.prepare(values, fieldErrors);
  const tienda = values['tienda'];
  if (tienda !== undefined && !maySee(acceso, tienda)) {
    throw new ProblemError('tienda-ajena', 'Su usuario no puede ver esa tienda: pida una de las suyas.');
  }

  return context.database.ask(async (client, instantanea) => {
    const { version, hoy } = instantanea;
    const identity = [context.version, version, hoy, endpoint.path, sortedEntries(values), scopeOf(acceso)];
    const etag = `W/"${createHash('sha256').update(JSON.stringify(identity)).digest('base64url')}"`;
    const headers = { ...CACHING, ETag: etag };
    if (holds(request.ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
    const todas = await readTiendas(client, instantanea);
    const visibles = todas.filter(({ id }) => maySee(acceso, id));
    const tiendas = tienda === undefined ? visibles : visibles.filter(({ id }) => id === tienda);
    if (tienda !== undefined && tiendas.length === 0) {
      throw invalidParameter(
        'tienda',
        'no existe, o no está activa',
        visibles.map(({ id }) => id),
      );
    }
    const body = await prepared.answer({ client, instantanea, acceso, tiendas, todas, hoy });
    return new Response(body.text, { status: 200, headers: { ...headers, ...body.headers } });
  });
}

/** Control characters. PostgreSQL cannot store NUL, and no value of a parameter has any. */
const CONTROL = /\p{Cc}/u;

function readValues(
  { inPath, parameters }: Endpoint,
  { query, pathValues }: Request,
): { readonly values: Values; readonly fieldErrors: readonly FieldError[] } {
  const fieldErrors: FieldError[] = [];
  for (const name of new Set(query.keys())) {
    if (query.getAll(name).length > 1 && name in parameters.shape) {
      fieldErrors.push({ campo: name, mensaje: 'está repetido' });
    }
    if (inPath.includes(name)) fieldErrors.push({ campo: name, mensaje: 'va en la ruta' });
  }
  const values = { ...Object.fromEntries(query), ...pathValues };
  for (const [campo, value] of Object.entries(values)) {
    if (CONTROL.test(value) && campo in parameters.shape) {
      fieldErrors.push({ campo, mensaje: 'tiene caracteres de control' });
    }
  }
  return { values, fieldErrors };
}

/** Whether `If-None-Match` names this answer. `*` matches none: it is meant for writes. */
const holds = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((held) => held.trim() === etag) ?? false;
