import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Long enough for a VPN, short enough for somebody who waits. */
const CONNECT_WITHIN_MS = 3_000;

/** A TCP connection to `host`, which the caller destroys. Rejects with Node's own error, or a TimeoutError. */
export async function openTcp(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw isAbort(error) ? new Error(`no contesta en ${CONNECT_WITHIN_MS} ms`, { cause: error }) : error;
  }
}

const isAbort = (error: unknown): boolean => Error.isError(error) && error.name === 'AbortError';
