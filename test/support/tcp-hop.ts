import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** One client's connection through the hop. */
interface HopConnection {
  /** From now on nothing passes, in either direction, and neither end is told. */
  freeze(): void;
  /** Resets both ends (RST). */
  cut(): void;
}

/** A stretch of wire in front of a server, which knows nothing of what it carries. */
export interface TcpHop {
  readonly port: number;
  /** In order of arrival. */
  readonly connections: readonly HopConnection[];
  /** Resets what is left and stops listening. */
  close(): Promise<void>;
}

interface HopOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** Changes the first bytes a client says; it must keep their number. */
  readonly rewriteFirst?: (bytes: Buffer) => Buffer;
}

/** Starts a hop to `target`. */
export async function startTcpHop(
  target: { readonly host: string; readonly port: number },
  { host = '127.0.0.1', rewriteFirst = (bytes) => bytes }: HopOptions = {},
): Promise<TcpHop> {
  const connections: HopConnection[] = [];
  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ ...target, noDelay: true });
    connections.push(join(client, server));
    client.once('data', (first: Buffer) => {
      server.write(rewriteFirst(first));
      client.pipe(server);
    });
    server.pipe(client);
  });
  listener.listen(0, host);
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return {
    port: address.port,
    connections,
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const connection of connections) connection.cut();
      await closed;
    },
  };
}

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
      client.unpipe();
      server.unpipe();
      // Keeps reading, as a kernel would keep acknowledging, and hands nothing on.
      client.removeAllListeners('data').resume();
      server.removeAllListeners('data').resume();
    },
  };
}
