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
import { SIN_VAIVENES } from './vaivenes.ts';
import { createVentas } from './ventas.ts';
import type { UltimoSegundo } from './ventas.ts';
import { createVentasEndpoint } from './ventas-endpoint.ts';
import { readPedidoVentas } from './ventas-pedido.ts';
import type { PedidoVentas } from './ventas-pedido.ts';

const HOST = '127.0.0.1';

export interface KlkSimulatorOptions extends ArticulosOptions, ComercioOptions {
  /** 0, the default, takes a free port. */
  puerto?: number;
  /** How long every answer takes; 0 by default. */
  latenciaMs?: number;
  /** KLK's own clock; the real one by default. Nothing is sold in its future. */
  ahora?: (() => Date) | undefined;
  /** `incluido` by default. */
  ultimoSegundo?: UltimoSegundo | undefined;
  /** Whether stocks fall as sales say and rise by deliveries, besides what rounds do; off by default. */
  existenciaSegunVentas?: boolean | undefined;
}

/** One request as it was received, whatever was answered. */
interface PeticionKlk {
  metodo: string;
  ruta: string;
  /** The warehouses asked for; empty where the body names none. */
  codigos: string[];
  /** The sales asked for, where the body asks for any. */
  pedidoVentas: PedidoVentas | undefined;
  recibida: Date;
}

export interface KlkSimulator {
  baseUrl: string;
  puerto: number;
  readonly requests: PeticionKlk[];
  /** The most requests that were ever unanswered at the same time. */
  readonly maxConcurrent: number;
  /** Switches a fault on for a warehouse, a branch, or `*` for all; only `POST` requests fail. See `FaultBoard.set`. */
  setFault: FaultBoard['set'];
  ronda: ArticulosEndpoint['ronda'];
  setArticulos: ArticulosEndpoint['setArticulos'];
  /** Gives KLK another clock. */
  setAhora: (ahora: () => Date) => void;
  /** The articles of a warehouse at a moment, as its next answer would have shown them then. */
  articulos: ArticulosEndpoint['articulos'];
  /** The lines of a branch and a day that KLK knows of, each once: at this moment, or now by KLK's clock. */
  ventas: (sucursal: string, dia: string, momento?: Date) => VentaKlk[];
  /** Ends open sockets at once, whatever they wait for. A second call does nothing. */
  close: () => Promise<void>;
}

/** Starts a KLK on 127.0.0.1. Rejects when the port is taken. */
export async function startKlkSimulator(options: KlkSimulatorOptions): Promise<KlkSimulator> {
  const { tiendas, puerto: requestedPort = 0, latenciaMs = 0 } = options;
  let reloj = options.ahora ?? ((): Date => new Date());
  const ahora = (): Date => reloj();
  const faults = createFaultBoard();
  const comercio = createComercio(options);
  const ventas = createVentas(comercio, options.ultimoSegundo ?? 'incluido');
  const articulos = createArticulosEndpoint(options, {
    ahora,
    faults,
    movimientoDe:
      options.existenciaSegunVentas === true
        ? createMovimientos(tiendas, comercio, options.vaivenes ?? SIN_VAIVENES)
        : undefined,
  });
  const routes = createRoutes(
    tiendas,
    articulos.answer,
    createVentasEndpoint({ tiendas, ventas, ahora, faults }),
  );
  const requests: PeticionKlk[] = [];
  let concurrent = 0;
  let maxConcurrent = 0;

  const server = createServer((request, response) => {
    concurrent += 1;
    maxConcurrent = Math.max(maxConcurrent, concurrent);
    response.on('close', () => (concurrent -= 1));

    const [ruta = '', consulta = ''] = (request.url ?? '').split('?', 2);
    const peticion: PeticionKlk = {
      metodo: request.method ?? '',
      ruta,
      codigos: [],
      pedidoVentas: undefined,
      recibida: new Date(),
    };
    requests.push(peticion);

    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const codigos = readCodigos(body);
      const pedidoVentas = readPedidoVentas(body);
      peticion.codigos = codigos ?? [];
      peticion.pedidoVentas = pedidoVentas;
      setTimeout(() => {
        answerByRoute(routes, peticion.metodo, ruta, {
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
    setAhora: (ahoraNueva) => {
      reloj = ahoraNueva;
    },
    ventas: (sucursal, dia, momento = ahora()) => ventas.verdad(sucursal, dia, momento.getTime()),
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
