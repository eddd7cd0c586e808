import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { Transform } from 'node:stream';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Listens on a free port of 127.0.0.1 unless told otherwise. Returns the port. */
export async function listen(server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(port, host), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return address.port;
}

/** Stops listening, and waits until every connection has ended. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await closeServer(server);
  return port;
}

/** Something that listens on 127.0.0.1. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers whatever a client says first with these bytes, and ends the connection. */
export async function startAnswering(bytes: Buffer): Promise<Listener> {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(bytes));
  });
  return { port: await listen(server), close: () => closeServer(server) };
}

/** One client's connection through a hop. */
interface HopConnection {
  /** Stops all traffic in both directions, without closing either end. */
  freeze(): void;
  /** Resets both ends (RST). */
  cut(): void;
}

/** A TCP relay in front of a server, which does not interpret what it carries. */
export interface TcpHop extends Listener {
  /** In order of arrival. */
  readonly connections: readonly HopConnection[];
}

interface HopOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** Port to listen on; a free one by default. */
  readonly port?: number;
  /** Changes the first bytes a client says. */
  readonly rewriteFirst?: (bytes: Buffer) => Buffer;
  /** Changes what the server says; it must keep the number of bytes. */
  readonly rewriteAnswer?: (bytes: Buffer) => Buffer;
  /** Delays the n-th connection, from 1, until the promise resolves. */
  readonly admit?: (n: number) => Promise<unknown>;
}

/** Starts a hop to `target`. */
export async function startTcpHop(target: Address, options: HopOptions = {}): Promise<TcpHop> {
  const { rewriteFirst = same, rewriteAnswer = same, admit = () => Promise.resolve() } = options;
  const connections: HopConnection[] = [];
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    void admit(connections.length + 1).then(() => client.resume());
    const upstream = connect({ host: target.host, port: target.port, noDelay: true });
    connections.push(join(client, upstream));
    client.once('data', (first: Buffer) => {
      upstream.write(rewriteFirst(first));
      client.pipe(upstream);
    });
    const rewrite = new Transform({
      transform: (bytes: Buffer, _encoding, done) => {
        done(null, rewriteAnswer(bytes));
      },
    });
    upstream.pipe(rewrite).pipe(client);
  });
  return {
    port: await listen(server, options.port, options.host),
    connections,
    async close() {
      const closed = closeServer(server);
      for (const connection of connections) connection.cut();
      await closed;
    },
  };
}

const same = (bytes: Buffer): Buffer => bytes;

function join(client: Socket, server: Socket): HopConnection {
  let frozen = false;
  const cut = (): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };
  for (const socket of [client, server]) {
    socket.on('error', () => {
      if (!frozen) cut();
    });
  }
  return {
    cut,
    freeze() {
      frozen = true;
      for (const socket of [client, server]) {
        socket.unpipe();
        // Keeps reading, as a kernel would keep acknowledging, and hands nothing on.
        socket.removeAllListeners('data').resume();
      }
    },
  };
}
