import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createApp } from '../../lambdas/consultas/app.ts';
import type { App, AppContext } from '../../lambdas/consultas/app.ts';
import { openDatabase } from '../../lambdas/consultas/database.ts';
import type { Database } from '../../lambdas/consultas/database.ts';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { contentSecurityPolicy } from '../../lambdas/core/config/contract.ts';
import { ConfiguracionInvalida } from '../../lambdas/core/errors/invalid.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { consultasUrl, HOST } from './address.ts';
import { CABECERAS } from './headers.ts';
import { CLIENT_ID, createIssuer, RUTAS } from './issuer.ts';
import type { Issuer } from './issuer.ts';
import { createWebFiles } from './web-files.ts';

/** Questions to the database at the same time. */
const CONEXIONES = 4;

export interface ConsultasOptions {
  /** As the read-only user. */
  readonly database: DatabaseSettings;
  /** 0 takes a free one. */
  readonly port: number;
  /** The built page. */
  readonly webDir: string;
  /** The stores that have a manager. */
  readonly tiendas: readonly Tienda[];
  /** Called with the message of each failure. */
  readonly onError: (message: string) => void;
}

/** The page on this machine. */
export interface Consultas {
  readonly url: string;
  /** Ends open requests at once. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the page, its API below `/api` and the issuer of its tokens on one port of the loopback interface, as CloudFront, API Gateway and
 * Cognito do it together.
 * @throws ConfiguracionInvalida when the port is taken
 */
export async function startConsultas(options: ConsultasOptions): Promise<Consultas> {
  const { port, webDir, tiendas, onError } = options;
  const server = createServer();
  const url = consultasUrl(await listen(server, port));
  const database = openDatabase({
    readSettings: () => Promise.resolve(options.database),
    connections: CONEXIONES,
  });
  const close = async (): Promise<void> => {
    await Promise.all([closeServer(server), database.close()]);
  };
  try {
    const issuer = await createIssuer({ issuer: url, redirectUri: `${url}/entrar`, tiendas });
    const site = createSite(url, issuer, createApi(url, database, onError), await createWebFiles(webDir));
    const listener = getRequestListener(site.fetch, { overrideGlobalObjects: false });
    server.on('request', (request, response) => void listener(request, response));
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createApi(url: string, database: Database, onError: ConsultasOptions['onError']): App {
  const log: AppContext['log'] = {
    info: () => undefined,
    error: (message, { error }) => {
      onError(`${message}: ${String(error)}`);
    },
  };
  const access = {
    issuer: url,
    audience: CLIENT_ID,
    claimRol: 'cognito:groups',
    claimTiendas: 'custom:tiendas',
  };
  return createApp({ database, access, version: randomUUID(), log });
}

function createSite(url: string, issuer: Issuer, api: App, files: Hono): Hono {
  const keys = createLocalJWKSet(issuer.jwks);
  const site = new Hono();
  site.use(async (context, next) => {
    // Under any other name, such as localhost, the issuer would refuse the way back.
    if (`http://${context.req.header('Host') ?? ''}` !== url)
      return context.redirect(new URL(context.req.path, url).href, 307);
    await next();
    for (const [name, value] of Object.entries(CABECERAS)) context.header(name, value);
    // The issuer's form has a policy of its own.
    if (!context.res.headers.has('Content-Security-Policy'))
      context.header('Content-Security-Policy', contentSecurityPolicy(url));
    return undefined;
  });
  site.get('/configuracion.json', (context) => {
    context.header('Cache-Control', 'no-cache');
    return context.json({
      issuer: url,
      clientId: CLIENT_ID,
      authorizeUrl: `${url}${RUTAS.autorizar}`,
      tokenUrl: `${url}${RUTAS.token}`,
      logoutUrl: `${url}${RUTAS.salir}`,
    });
  });
  site.all('/api/*', async (context) => {
    const target = new URL(context.req.url);
    target.pathname = target.pathname.slice('/api'.length);
    const { method, headers } = context.req.raw;
    const claims = await readClaims(headers.get('Authorization'), keys, url);
    return api.fetch(new Request(target, { method, headers }), { claims });
  });
  site.route('/', issuer.app);
  site.route('/', files);
  return site;
}

/** The claims of a good token, as API Gateway's authorizer hands them over. */
async function readClaims(
  authorization: string | null,
  keys: JWTVerifyGetKey,
  issuer: string,
): Promise<JWTPayload | undefined> {
  const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  try {
    return (await jwtVerify(token, keys, { issuer, audience: CLIENT_ID })).payload;
  } catch {
    // Without claims the app answers as to a request without a token.
    return undefined;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!Error.isError(error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    throw new ConfiguracionInvalida([
      `El puerto ${port} está ocupado: termine lo que lo usa, o elija otro, npm run local -- servir --puerto ${port + 1}`,
    ]);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return address.port;
}

// The only error of `Server.close` is that the server is closed already.
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
