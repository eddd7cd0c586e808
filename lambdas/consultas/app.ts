import { randomUUID } from 'node:crypto';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { ENDPOINTS } from './endpoints/index.ts';
import type { Endpoint } from './endpoint.ts';
import { ProblemaSchema, ProblemError, toProblem, toResponse } from './problem.ts';
import { serve } from './serve.ts';
import type { ServeContext } from './serve.ts';

/** Writes what happened: one line a request, and what was not foreseen. */
interface Log {
  info(message: string, extra: Record<string, unknown>): void;
  error(message: string, extra: Record<string, unknown>): void;
}

/** What the app needs from whoever runs it. */
export interface AppContext extends ServeContext {
  readonly log: Log;
}

/** What comes with a request, besides it: the claims of its token, verified; undefined without one. */
interface Bindings {
  readonly claims?: unknown;
  /** A name for the request in the logs. */
  readonly id?: string;
}

/** Messages of the log lines; tests read them from here. */
export const MENSAJES = { consulta: 'Consulta', fallida: 'Consulta fallida' } as const;

/** The app; `fetch` is all that its adapters need. */
export type App = OpenAPIHono<{ Bindings: Bindings; Variables: { ruta: string; id: string } }>;

/** The API. Call `fetch(request, { claims })` of what is returned. */
export function createApp(context: AppContext): App {
  const app: App = new OpenAPIHono();
  app.use(async (c, next) => {
    const start = performance.now();
    c.set('id', c.env.id ?? randomUUID());
    await next();
    context.log.info(MENSAJES.consulta, {
      metodo: c.req.method,
      ruta: c.get('ruta'),
      estado: c.res.status,
      ms: Math.round(performance.now() - start),
    });
  });
  for (const endpoint of ENDPOINTS) register(app, endpoint, context);

  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    c.set('ruta', '/openapi.json');
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
        ruta: c.get('ruta'),
        tipo: problem.tipo,
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
  const { ruta, enRuta, resumen, descripcion, parametros, respuesta, csv } = endpoint;
  const honoPath = ruta.replaceAll(/\{(\w+)\}/g, ':$1');
  app.get(honoPath, (c) => {
    c.set('ruta', ruta);
    return serve(
      endpoint,
      {
        query: new URL(c.req.url).searchParams,
        path: c.req.param(),
        ifNoneMatch: c.req.header('If-None-Match'),
        claims: c.env.claims,
      },
      context,
    );
  });
  app.all(honoPath, refuseMethod);

  const shape = Object.entries(parametros.shape);
  const problem = { content: { 'application/problem+json': { schema: ProblemaSchema } } };
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: ruta,
    summary: resumen,
    description: descripcion,
    security: [{ sesion: [] }],
    request: {
      params: z.object(Object.fromEntries(shape.filter(([nombre]) => enRuta.includes(nombre)))),
      query: z.object(Object.fromEntries(shape.filter(([nombre]) => !enRuta.includes(nombre)))),
    },
    responses: {
      200: {
        description: resumen,
        content: {
          'application/json': { schema: respuesta },
          ...(csv && { 'text/csv': { schema: z.string() } }),
        },
      },
      304: { description: 'Los datos no cambiaron desde la respuesta que nombra If-None-Match' },
      400: { description: 'Parámetros que no sirven, uno por uno', ...problem },
      401: { description: 'Sin sesión, o vencida', ...problem },
      403: { description: 'Sin acceso, o a una tienda ajena', ...problem },
      ...(enRuta.length > 0 && { 404: { description: 'No existe', ...problem } }),
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
