import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { closeServer, listen } from '../support/network.ts';
import {
  AGOTADOS,
  ARTICULO,
  CATEGORIAS,
  DATOS,
  DESCUADRES,
  HOY,
  SESION,
  SOBRE,
  VENTAS,
  existencias,
} from './answers.ts';

/** The built page. */
export const DIST = 'web/dist';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What the API says to one question. */
export interface Reply {
  readonly status?: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Answer = (query: URLSearchParams) => Reply;

/** The parameters of each endpoint, as the contract has them. Another one is refused. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '/sesion': [],
  '/categorias': [],
  '/tiendas': [],
  '/existencias': ['tienda', 'q', 'estado', 'categoria', 'marca', 'orden', 'cursor'],
  '/agotados': ['tienda', 'cursor'],
  '/ventas': ['nivel', 'desde', 'hasta', 'comparar', 'tienda', 'categoria', 'q', 'orden', 'cursor'],
  '/articulos': ['tienda', 'desde', 'hasta'],
  '/descuadres': ['tienda', 'desde', 'hasta', 'cursor'],
  '/datos': ['mes'],
};

/** Pages of 100, 100 and 40 articles. */
const STOCK_PAGES: Readonly<Record<string, object>> = {
  '': { ...SOBRE, filas: existencias(0, 100), siguiente: 'pagina+2/=' },
  'pagina+2/=': { ...SOBRE, filas: existencias(100, 100), siguiente: 'pagina3' },
  pagina3: { ...SOBRE, filas: existencias(200, 40), siguiente: null },
};

/** Every answer by its address; the code of an article is left out. */
export const ANSWERS: Readonly<Record<string, readonly object[]>> = {
  '/sesion': [SESION],
  '/categorias': [CATEGORIAS],
  '/tiendas': [HOY],
  '/existencias': Object.values(STOCK_PAGES),
  '/agotados': [AGOTADOS],
  '/ventas': Object.values(VENTAS),
  '/articulos': [ARTICULO],
  '/descuadres': [DESCUADRES],
  '/datos': [DATOS],
};

const REPLIES: Readonly<Record<string, Answer>> = {
  '/sesion': () => ({ body: SESION }),
  '/categorias': () => ({ body: CATEGORIAS }),
  '/tiendas': () => ({ body: HOY }),
  '/existencias': (query) => ({ body: STOCK_PAGES[query.get('cursor') ?? ''] ?? {} }),
  '/agotados': () => ({ body: AGOTADOS }),
  '/ventas': (query) => ({ body: VENTAS[query.get('nivel') ?? 'tienda'] ?? {} }),
  '/articulos': () => ({ body: ARTICULO }),
  '/descuadres': () => ({ body: DESCUADRES }),
  '/datos': () => ({ body: DATOS }),
};

/** One question that the API got. */
interface Question {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly etag: string | undefined;
  readonly status: number;
}

/** The page, an API with hand-written answers, and an issuer on another origin. */
export interface FakeSite {
  readonly url: string;
  readonly issuerUrl: string;
  readonly questions: Question[];
  /** Answers some endpoints otherwise; the rest as always. */
  answer(changes: Readonly<Record<string, Answer>>): void;
  /** Changes what the page is told about its issuer. */
  configure(changes: Readonly<Record<string, unknown>>): void;
  /** Everything as at the beginning, and no question yet. */
  reset(): void;
  /** Holds answers back until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function startFakeSite(): Promise<FakeSite> {
  const questions: Question[] = [];
  let changes: Readonly<Record<string, Answer>> = {};
  let configured: Readonly<Record<string, unknown>> = {};
  let held: Promise<unknown> = Promise.resolve();
  const issuer = await startIssuer();

  const api = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    await held;
    const path = url.pathname.slice('/api'.length);
    const endpoint = /^\/[a-z]*/.exec(path)?.[0] ?? '';
    const token = request.headers.authorization?.replace('Bearer ', '');
    const csv = url.searchParams.get('formato') === 'csv';
    url.searchParams.delete('formato');
    const etag = request.headers['if-none-match'];
    const reply = replyTo(endpoint, url.searchParams, token, { ...REPLIES, ...changes });
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    const version = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const status = (reply.status ?? 200) === 200 && etag === version ? 304 : (reply.status ?? 200);
    questions.push({ path, query: url.searchParams, token, etag, status });
    const headers = { ETag: version, 'Cache-Control': 'private', ...reply.headers };
    if (csv && status === 200) {
      response.writeHead(200, {
        ...headers,
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': 'attachment; filename="existencias-tazajal-2026-11-29.csv"',
      });
      response.end(`\uFEFFCódigo;Existencia\r\n000123;12,5\r\n`);
      return;
    }
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { ...headers, 'Content-Type': type });
    response.end(status === 304 ? '' : body);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const work = url.pathname.startsWith('/api/')
      ? api(request, response, url)
      : serveFile(response, url.pathname, issuer.url, configured);
    work.catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    issuerUrl: issuer.url,
    questions,
    answer: (changed) => {
      changes = { ...changes, ...changed };
    },
    configure: (changed) => {
      configured = changed;
    },
    reset: () => {
      changes = {};
      configured = {};
      questions.length = 0;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      held = promise;
      return () => {
        resolve(undefined);
      };
    },
    close: async () => {
      server.closeAllConnections();
      await Promise.all([closeServer(server), issuer.close()]);
    },
  };
}

function replyTo(
  endpoint: string,
  query: URLSearchParams,
  token: string | undefined,
  answers: Readonly<Record<string, Answer>>,
): Reply {
  if (token === undefined || token === '' || token === 'vencido')
    return problem('sin-sesion', 401, 'Su sesión terminó');
  const known = PARAMETERS[endpoint];
  const answer = answers[endpoint];
  if (known === undefined || answer === undefined) return problem('no-encontrado', 404, 'No existe');
  const unknown = [...query.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return problem('parametros-invalidos', 400, 'La pregunta no se entiende', {
      errores: unknown.map((campo) => ({ campo, mensaje: 'No se conoce.', validos: known })),
    });
  }
  return answer(query);
}

/** A refusal as the contract has it. */
export const problem = (
  type: string,
  status: number,
  title: string,
  more: object = {},
  headers = {},
): Reply => ({
  status,
  headers,
  body: { type: `urn:consultas:${type}`, title, status, detail: `${title}, en detalle.`, ...more },
});

/** The headers of the deployed page: nothing inline, nothing of third parties. */
const policyOf = (issuer: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${issuer}`,
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

async function serveFile(
  response: ServerResponse,
  path: string,
  issuer: string,
  configured: Readonly<Record<string, unknown>>,
): Promise<void> {
  const headers = { 'Content-Security-Policy': policyOf(issuer), 'X-Content-Type-Options': 'nosniff' };
  if (path === '/configuracion.json') {
    const configuration = {
      issuer,
      clientId: 'pagina',
      authorizeUrl: `${issuer}/authorize`,
      tokenUrl: `${issuer}/token`,
      logoutUrl: `${issuer}/logout`,
      ...configured,
    };
    response
      .writeHead(200, { ...headers, 'Content-Type': 'application/json' })
      .end(JSON.stringify(configuration));
    return;
  }
  const name = extname(path) === '' ? 'index.html' : path;
  try {
    const content = await readFile(join(DIST, name));
    response.writeHead(200, {
      ...headers,
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
    });
    response.end(content);
  } catch {
    response.writeHead(404, headers).end();
  }
}

/** Lets everyone in, but checks what PKCE demands. */
async function startIssuer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const codes = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      const code = randomUUID();
      codes.set(code, url.searchParams.get('code_challenge') ?? '');
      back.search = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' }).toString();
      response.writeHead(302, { Location: back.toString() }).end();
      return;
    }
    if (url.pathname === '/logout') {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(`adios ${url.search}`);
      return;
    }
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      const good = codes.get(form.get('code') ?? '') === challenge && url.pathname === '/token';
      codes.delete(form.get('code') ?? '');
      response.writeHead(good ? 200 : 400, {
        'Content-Type': 'application/json',
        'Access-Control-Allow-Origin': '*',
      });
      response.end(
        JSON.stringify(good ? { id_token: 'entrado', access_token: 'otro' } : { error: 'invalid_grant' }),
      );
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}
