import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { abortable } from '../time/deadline.ts';

/** Long enough for a VPN, short enough for a person who waits. */
const CONNECT_WITHIN_MS = 3_000;

/** A TCP connection to `host`, which the caller destroys. Rejects with Node's own error, or `signal`'s reason. */
export async function openTcp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port });
  try {
    await eventWithin(socket, 'connect', CONNECT_WITHIN_MS, signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Waits for an event of a connection. Rejects with the connection's own error, `signal`'s reason, or the limit. */
export async function eventWithin(
  emitter: EventEmitter,
  event: string,
  withinMs: number,
  signal: AbortSignal,
): Promise<unknown[]> {
  const limit = AbortSignal.timeout(withinMs);
  try {
    return await abortable<unknown[]>(signal, () =>
      once(emitter, event, { signal: AbortSignal.any([signal, limit]) }),
    );
  } catch (error) {
    throw isAbort(error) ? new Error(`no contesta en ${withinMs} ms`, { cause: error }) : error;
  }
}

const isAbort = (error: unknown): boolean => Error.isError(error) && error.name === 'AbortError';
