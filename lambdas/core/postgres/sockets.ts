import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for the server to close. After that its own timeouts end the session. */
const GOODBYE_WITHIN_MS = 1_000;

/** The sockets of one client or pool. pg itself cannot end a connection that is still being opened, or whose server is silent. */
export interface Sockets {
  /** For pg's `stream` setting. */
  readonly open: () => Socket;
  /** Ends every connection at once, without a message to the server. */
  readonly destroy: () => void;
  /** Waits until all are closed, and destroys those that are not in time. */
  readonly closed: () => Promise<void>;
}

/** No sockets yet. */
export function trackSockets(): Sockets {
  const sockets = new Set<Socket>();
  const destroy = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    open: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    destroy,
    closed: async () => {
      const goodbyes = [...sockets].map((socket) => once(socket, 'close'));
      await Promise.race([Promise.allSettled(goodbyes), sleep(GOODBYE_WITHIN_MS, undefined, { ref: false })]);
      destroy();
    },
  };
}
