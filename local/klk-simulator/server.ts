import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createArticulosEndpoint, readCodigos } from './articulos-endpoint.ts';
import type { ArticulosEndpoint, ArticulosOptions } from './articulos-endpoint.ts';
import { createComercio } from './comercio.ts';
import type { ComercioOptions } from './comercio.ts';
import { createFaultBoard } from './fault-board.ts';
import type { FaultBoard } from './fault-board.ts';
import { createMovimientos } from './movimientos.ts';
import { answerByRoute, createRoutes } from './routes.ts';
import type { VentaKlk } from './venta.ts';
import { NO_FLUCTUATIONS } from './fluctuations.ts';
import { createVentas } from './ventas.ts';
import type { UltimoSegundo } from './ventas.ts';
import { createVentasEndpoint } from './ventas-endpoint.ts';
import { readVentasRequest } from './ventas-request.ts';
import type { VentasRequest } from './ventas-request.ts';

const HOST = '127.0.0.1';

export interface KlkSimulatorOptions extends ArticulosOptions, ComercioOptions {
  /** 0, the default, means a free port. */
  puerto?: number;
  /** How long every answer takes; 0 by default. */
  latenciaMs?: number;
  /** KLK's clock; the real one by default. Sales after its time do not exist yet. */
  ahora?: (() => Date) | undefined;
  /** `incluido` by default. */
  ultimoSegundo?: UltimoSegundo | undefined;
  /** Whether sales and deliveries change the stock, besides the rounds; false by default. */
  existenciaSegunVentas?: boolean | undefined;
}

/** A request as it was received, whatever the answer. */
interface ReceivedRequest {
  metodo: string;
  ruta: string;
  /** The warehouses asked for; empty when the body names none. */
  codigos: string[];
  /** The sales asked for; undefined when the body asks for none. */
  pedidoVentas: VentasRequest | undefined;
  recibida: Date;
}

export interface KlkSimulator {
  baseUrl: string;
  puerto: number;
  readonly requests: ReceivedRequest[];
  /** The largest number of requests that were open at the same time. */
  readonly maxConcurrent: number;
  /** Switches a fault on for a warehouse, a branch, or `*` for all; only `POST` requests fail. See `FaultBoard.set`. */
  setFault: FaultBoard['set'];
  ronda: ArticulosEndpoint['ronda'];
  setArticulos: ArticulosEndpoint['setArticulos'];
  /** Gives KLK another clock. */
  setAhora: (ahora: () => Date) => void;
  /** The articles of a warehouse at a moment, in the round of its next answer. */
  articulos: ArticulosEndpoint['articulos'];
  /** The lines of a branch on a day that KLK knows at a moment, now by KLK's clock if none is given; each once. */
  ventas: (sucursal: string, dia: string, momento?: Date) => VentaKlk[];
  /** Closes the server and its open sockets at once. A second call does nothing. */
  close: () => Promise<void>;
}

/** Starts the simulator on 127.0.0.1. Rejects when the port is in use. */
export async function startKlkSimulator(options: KlkSimulatorOptions): Promise<KlkSimulator> {
  const { tiendas, puerto: requestedPort = 0, latenciaMs = 0 } = options;
  let clock = options.ahora ?? ((): Date => new Date());
  const ahora = (): Date => clock();
  const faults = createFaultBoard();
  const comercio = createComercio(options);
  const ventas = createVentas(comercio, options.ultimoSegundo ?? 'incluido');
  const articulos = createArticulosEndpoint(options, {
    ahora,
    faults,
    movimientoDe:
      options.existenciaSegunVentas === true
        ? createMovimientos(tiendas, comercio, options.fluctuations ?? NO_FLUCTUATIONS)
        : undefined,
  });
  const routes = createRoutes(
    tiendas,
    articulos.answer,
    createVentasEndpoint({ tiendas, ventas, ahora, faults }),
  );
  const requests: ReceivedRequest[] = [];
  let concurrent = 0;
  let maxConcurrent = 0;

  const server = createServer((request, response) => {
    concurrent += 1;
    maxConcurrent = Math.max(maxConcurrent, concurrent);
    response.on('close', () => (concurrent -= 1));

    const [ruta = '', consulta = ''] = (request.url ?? '').split('?', 2);
    const received: ReceivedRequest = {
      metodo: request.method ?? '',
      ruta,
      codigos: [],
      pedidoVentas: undefined,
      recibida: new Date(),
    };
    requests.push(received);

    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const codigos = readCodigos(body);
      const pedidoVentas = readVentasRequest(body);
      received.codigos = codigos ?? [];
      received.pedidoVentas = pedidoVentas;
      setTimeout(() => {
        answerByRoute(routes, received.metodo, ruta, {
          response,
          consulta: new URLSearchParams(consulta),
          codigos,
          pedidoVentas,
        });
      }, latenciaMs).unref();
    });
  });

  const puerto = await listen(server, requestedPort);
  return {
    baseUrl: `http://${HOST}:${puerto}`,
    puerto,
    requests,
    get maxConcurrent() {
      return maxConcurrent;
    },
    setFault: faults.set,
    ronda: articulos.ronda,
    setArticulos: articulos.setArticulos,
    articulos: articulos.articulos,
    setAhora: (newAhora) => {
      clock = newAhora;
    },
    ventas: (sucursal, dia, momento = ahora()) => ventas.lineasOfDia(sucursal, dia, momento.getTime()),
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

// `Server.close` fails only when the server is closed already.
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
