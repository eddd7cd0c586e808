import { createHash } from 'node:crypto';
import { maySee, readAcceso, scopeOf } from './access.ts';
import type { AccessRules } from './access.ts';
import type { Database } from './database.ts';
import { sortedEntries } from './endpoint.ts';
import type { Endpoint, Valores } from './endpoint.ts';
import { invalidParameter, ProblemError } from './problem.ts';
import type { ErrorDeCampo } from './problem.ts';
import { readTiendas } from './queries/read-tiendas.ts';

/** What serving an endpoint needs. */
export interface ServeContext {
  readonly database: Database;
  readonly access: AccessRules;
  /** Changes with every build: an answer of another program is not the same answer. */
  readonly version: string;
}

/** A request as an endpoint sees it; `claims` are those of a verified token. */
export interface Request {
  readonly query: URLSearchParams;
  readonly path: Valores;
  readonly ifNoneMatch: string | undefined;
  readonly claims: unknown;
}

/** Answers must be asked for again each time, by the same user: then most of them are a 304. */
const CACHING = { 'Cache-Control': 'private, no-cache', Vary: 'Authorization' };

/**
 * Answers a request: who asks, what, and from which data, in this order. Equal data, day, question and access have equal answers, so whoever has
 * that answer gets 304 before any row is read.
 * @throws ProblemError, PipelineError `BD_*`, `SECRETO_*`
 */
export async function serve(endpoint: Endpoint, request: Request, context: ServeContext): Promise<Response> {
  const acceso = readAcceso(request.claims, context.access, new Date());
  const { valores, problemas } = readValores(endpoint, request);
  const prepared = endpoint.prepare(valores, problemas);
  const tienda = valores['tienda'];
  if (tienda !== undefined && !maySee(acceso, tienda)) {
    throw new ProblemError('tienda-ajena', 'Su usuario no puede ver esa tienda: pida una de las suyas.');
  }

  return context.database.ask(async (client, { version, hoy }) => {
    const identity = [context.version, version, hoy, endpoint.ruta, sortedEntries(valores), scopeOf(acceso)];
    const etag = `W/"${createHash('sha256').update(JSON.stringify(identity)).digest('base64url')}"`;
    const headers = { ...CACHING, ETag: etag };
    if (holds(request.ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
    const todas = await readTiendas(client);
    const visibles = todas.filter(({ id }) => maySee(acceso, id));
    const tiendas = tienda === undefined ? visibles : visibles.filter(({ id }) => id === tienda);
    if (tienda !== undefined && tiendas.length === 0) {
      throw invalidParameter(
        'tienda',
        'no existe, o no está activa',
        visibles.map(({ id }) => id),
      );
    }
    const cuerpo = await prepared.answer({ client, acceso, tiendas, todas, hoy });
    return new Response(cuerpo.texto, { status: 200, headers: { ...headers, ...cuerpo.headers } });
  });
}

/** PostgreSQL cannot store it, and no value of ours has one. */
const CONTROL = /\p{Cc}/u;

function readValores(
  { enRuta, parametros }: Endpoint,
  { query, path }: Request,
): { readonly valores: Valores; readonly problemas: readonly ErrorDeCampo[] } {
  const problemas: ErrorDeCampo[] = [];
  for (const nombre of new Set(query.keys())) {
    if (query.getAll(nombre).length > 1 && nombre in parametros.shape) {
      problemas.push({ campo: nombre, mensaje: 'está repetido' });
    }
    if (enRuta.includes(nombre)) problemas.push({ campo: nombre, mensaje: 'va en la ruta' });
  }
  const valores = { ...Object.fromEntries(query), ...path };
  for (const [campo, valor] of Object.entries(valores)) {
    if (CONTROL.test(valor) && campo in parametros.shape) {
      problemas.push({ campo, mensaje: 'tiene caracteres de control' });
    }
  }
  return { valores, problemas };
}

/** Whether `If-None-Match` names this answer. `*` is for writers. */
const holds = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((held) => held.trim() === etag) ?? false;
