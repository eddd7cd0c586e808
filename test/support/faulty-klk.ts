import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { readCodigos } from '../../local/klk-simulator/articulos-endpoint.ts';
import { createMeta, sendBytes, sendJson } from '../../local/klk-simulator/answer.ts';
import type { RespuestaArticulos } from '../../local/klk-simulator/answer.ts';
import { answerWithFault } from '../../local/klk-simulator/faults.ts';
import type { KlkFaultSetting } from '../../local/klk-simulator/faults.ts';

/** What happens to a request instead of the healthy answer. Its socket may be written to directly. */
export type Behaviour = (response: ServerResponse, healthy: RespuestaArticulos) => void;

/** A KLK whose content the test dictates, with every fault of the simulator and any other way to misbehave. */
export interface FaultyKlk {
  readonly url: URL;
  /** The warehouses asked for and when, in milliseconds of the monotonic clock, in order. */
  requests: { readonly almacen: string; readonly atMs: number }[];
  /** From now on, the healthy answer for a warehouse. */
  serve(almacen: string, respuesta: RespuestaArticulos): void;
  /** Misbehaves for a warehouse, for so many requests; `undefined` ends it. */
  fail(almacen: string, behaviour: Behaviour | undefined, times?: number): void;
  /** Ends open sockets at once. */
  close(): Promise<void>;
}

/** A fault of the simulator, applied to the test's own content. */
export const simulated =
  (setting: KlkFaultSetting): Behaviour =>
  (response, healthy) => {
    answerWithFault(setting, response, healthy);
  };

/** This body and nothing else: bytes as they are, anything else as JSON. */
export const answering =
  (body: unknown): Behaviour =>
  (response) => {
    if (Buffer.isBuffer(body)) sendBytes(response, body);
    else sendJson(response, body);
  };

/** Writes these bytes on the socket, HTTP or not, and leaves it open. */
export const writing =
  (bytes: string): Behaviour =>
  ({ socket }) => {
    socket?.write(bytes);
  };

/** Starts a KLK on 127.0.0.1 that knows no warehouse yet. */
export async function startFaultyKlk(): Promise<FaultyKlk> {
  const healthy = new Map<string, RespuestaArticulos>();
  const failing = new Map<string, { behaviour: Behaviour; times: number }>();

  const takeBehaviour = (almacen: string): Behaviour | undefined => {
    const entry = failing.get(almacen);
    if (entry === undefined) return undefined;
    entry.times -= 1;
    if (entry.times <= 0) failing.delete(almacen);
    return entry.behaviour;
  };

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const [almacen = ''] = readCodigos(body) ?? [];
      klk.requests.push({ almacen, atMs: performance.now() });
      const respuesta = healthy.get(almacen) ?? { meta: createMeta([almacen], 0), articulos: [] };
      const behaviour = takeBehaviour(almacen) ?? answering(respuesta);
      behaviour(response, respuesta);
    }, ignoreClientGone);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  const klk: FaultyKlk = {
    url: new URL(`http://127.0.0.1:${address.port}`),
    requests: [],
    serve: (almacen, respuesta) => void healthy.set(almacen, respuesta),
    fail: (almacen, behaviour, times = Infinity) => {
      failing.delete(almacen);
      if (behaviour !== undefined) failing.set(almacen, { behaviour, times });
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return klk;
}

/** A client that was killed while it asked gets no answer. */
const ignoreClientGone = (): void => undefined;

/** A healthy answer that waits for `release`, as it was when it was asked for. */
export interface HeldAnswer {
  readonly behaviour: Behaviour;
  /** Somebody asked. */
  readonly asked: Promise<void>;
  release(): void;
}

/** Keeps a warehouse's next answers back. */
export function holdAnswer(): HeldAnswer {
  const asked = Promise.withResolvers<undefined>();
  const released = Promise.withResolvers<undefined>();
  return {
    asked: asked.promise,
    behaviour: (response, healthy) => {
      asked.resolve(undefined);
      void released.promise.then(() => {
        sendJson(response, healthy);
      });
    },
    release: () => {
      released.resolve(undefined);
    },
  };
}
