import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createArticulosEndpoint, readCodigos } from './articulos-endpoint.ts';
import type { ArticulosControls, ArticulosOptions } from './articulos-endpoint.ts';
import { answerByRoute, createRoutes } from './routes.ts';

const HOST = '127.0.0.1';

export interface KlkSimulatorOptions extends ArticulosOptions {
  /** 0, the default, takes a free port. */
  puerto?: number;
  /** How long every answer takes; 0 by default. */
  latenciaMs?: number;
}

/** One request as it was received, whatever was answered. */
interface PeticionKlk {
  metodo: string;
  ruta: string;
  /** The warehouses asked for; empty where the body names none. */
  codigos: string[];
  recibida: Date;
}

export interface KlkSimulator extends ArticulosControls {
  baseUrl: string;
  puerto: number;
  requests: readonly PeticionKlk[];
  /** The most requests that were ever unanswered at the same time. */
  readonly maxConcurrent: number;
  /** Ends open sockets at once, whatever they wait for. A second call does nothing. */
  close: () => Promise<void>;
}

/** Starts a KLK on 127.0.0.1. Rejects when the port is taken. */
export async function startKlkSimulator(options: KlkSimulatorOptions): Promise<KlkSimulator> {
  const { puerto: requestedPort = 0, latenciaMs = 0 } = options;
  const { answer: answerArticulos, ...controls } = createArticulosEndpoint(options);
  const routes = createRoutes(options.tiendas, answerArticulos);
  const requests: PeticionKlk[] = [];
  let concurrent = 0;
  let maxConcurrent = 0;

  const server = createServer((request, response) => {
    concurrent += 1;
    maxConcurrent = Math.max(maxConcurrent, concurrent);
    response.on('close', () => (concurrent -= 1));

    const [ruta = '', consulta = ''] = (request.url ?? '').split('?', 2);
    const peticion: PeticionKlk = { metodo: request.method ?? '', ruta, codigos: [], recibida: new Date() };
    requests.push(peticion);

    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const codigos = readCodigos(Buffer.concat(chunks).toString());
      peticion.codigos = codigos ?? [];
      setTimeout(() => {
        answerByRoute(routes, peticion.metodo, ruta, {
          response,
          consulta: new URLSearchParams(consulta),
          codigos,
        });
      }, latenciaMs).unref();
    });
  });

  const puerto = await listen(server, requestedPort);
  return {
    ...controls,
    baseUrl: `http://${HOST}:${puerto}`,
    puerto,
    requests,
    get maxConcurrent() {
      return maxConcurrent;
    },
    close: () => close(server),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('el simulador de KLK no tiene un puerto TCP');
  return address.port;
}

// The only error of `Server.close` is that the server is closed already.
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
