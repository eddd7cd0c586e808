import { randomUUID } from 'node:crypto';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { ENDPOINTS } from './endpoints/index.ts';
import type { Endpoint } from './endpoint.ts';
import { ProblemSchema, ProblemError, toProblem, toResponse } from './problem.ts';
import { serve } from './serve.ts';
import type { ServeContext } from './serve.ts';

/** Where the app logs one line for each request, and every unexpected error. */
interface Log {
  info(message: string, extra: Record<string, unknown>): void;
  error(message: string, extra: Record<string, unknown>): void;
}

/** What the app needs from its adapter: the Lambda's handler, or the local server. */
export interface AppContext extends ServeContext {
  readonly log: Log;
}

/** What the adapter passes along with a request. */
interface Bindings {
  /** The claims of the request's verified token; undefined without a token. */
  readonly claims?: unknown;
  /** The request's id in the logs. */
  readonly id?: string;
}

/** Messages of the log lines; tests read them from here. */
export const MENSAJES = { consulta: 'Consulta', fallida: 'Consulta fallida' } as const;

/** The app, of which adapters need only `fetch`. */
export type App = OpenAPIHono<{ Bindings: Bindings; Variables: { path: string; id: string } }>;

/** Creates the API. An adapter calls its `fetch(request, { claims, id })`. */
export function createApp(context: AppContext): App {
  const app: App = new OpenAPIHono();
  app.use(async (c, next) => {
    const start = performance.now();
    c.set('id', c.env.id ?? randomUUID());
    await next();
    context.log.info(MENSAJES.consulta, {
      metodo: c.req.method,
      ruta: c.get('path'),
      estado: c.res.status,
      ms: Math.round(performance.now() - start),
    });
  });
  for (const endpoint of ENDPOINTS) register(app, endpoint, context);

  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    c.set('path', '/openapi.json');
    document ??= JSON.stringify(describeApi(app));
    return c.body(document, 200, {
      'Content-Type': 'application/json',
      'Cache-Control': 'private, max-age=300',
    });
  });
  app.all('/openapi.json', refuseMethod);
  app.notFound(() =>
    toResponse(new ProblemError('no-encontrado', 'Esa dirección no existe; están en /openapi.json.')),
  );
  app.onError((error, c) => {
    const problem = toProblem(error, c.get('id'));
    if (problem !== error) {
      context.log.error(MENSAJES.fallida, {
        id: c.get('id'),
        ruta: c.get('path'),
        tipo: problem.type,
        error,
      });
    }
    return toResponse(problem);
  });
  return app;
}

const refuseMethod = (): Response =>
  toResponse(new ProblemError('metodo', 'Aquí solo se consulta: use GET.', { headers: { Allow: 'GET' } }));

function register(app: App, endpoint: Endpoint, context: AppContext): void {
  const { path, inPath, summary, description, parameters, answerSchema, csv } = endpoint;
  // A parameter may hold a `/`, which API Gateway decodes: an article's code may have one.
  const honoPath = path.replaceAll(/\{(\w+)\}/g, ':$1{.+}');
  app.get(honoPath, (c) => {
    c.set('path', path);
    return serve(
      endpoint,
      {
        query: new URL(c.req.url).searchParams,
        pathValues: c.req.param(),
        ifNoneMatch: c.req.header('If-None-Match'),
        claims: c.env.claims,
      },
      context,
    );
  });
  app.all(honoPath, refuseMethod);

  const shape = Object.entries(parameters.shape);
  const problem = { content: { 'application/problem+json': { schema: ProblemSchema } } };
  app.openAPIRegistry.registerPath({
    method: 'get',
    path,
    summary,
    description,
    security: [{ sesion: [] }],
    request: {
      params: z.object(Object.fromEntries(shape.filter(([name]) => inPath.includes(name)))),
      query: z.object(Object.fromEntries(shape.filter(([name]) => !inPath.includes(name)))),
    },
    responses: {
      200: {
        description: summary,
        content: {
          'application/json': { schema: answerSchema },
          ...(csv && { 'text/csv': { schema: z.string() } }),
        },
      },
      304: { description: 'Los datos no cambiaron desde la respuesta que nombra If-None-Match' },
      400: { description: 'Parámetros que no sirven, uno por uno', ...problem },
      401: { description: 'Sin sesión, o vencida', ...problem },
      403: { description: 'Sin acceso, o a una tienda ajena', ...problem },
      ...(inPath.length > 0 && { 404: { description: 'No existe', ...problem } }),
      500: { description: 'Error del servicio', ...problem },
      503: { description: 'La base tarda demasiado o no contesta: repita tras Retry-After', ...problem },
    },
  });
}

function describeApi(app: App): unknown {
  app.openAPIRegistry.registerComponent('securitySchemes', 'sesion', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Consultas',
      version: '1',
      description: 'Existencias y ventas de las tiendas, solo para leer. Los días son los de Caracas.',
    },
    servers: [{ url: '/api' }],
  });
}
