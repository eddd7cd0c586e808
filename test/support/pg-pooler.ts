import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { ENCRYPTION_REQUESTS, PgMessageReader } from './pg-messages.ts';
import type { PgMessage } from './pg-messages.ts';

/** In which way something in front of PostgreSQL is not PostgreSQL. */
export interface PoolerHabits {
  /** Refuses every session with this SQLSTATE and message, as poolers do that know none of our limits. */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** Hands the session on without its limits and settings, as PgBouncer does when it is told to ignore them. */
  readonly dropsLimits?: boolean;
  /** Greets the client itself: the process it names is none of the server's. */
  readonly ownGreeting?: boolean;
}

/** What stands for PgBouncer or RDS Proxy in front of a server. Speaks plain text. */
export interface PgPooler {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one. */
export async function startPgPooler(
  target: { readonly host: string; readonly port: number },
  habits: PoolerHabits,
): Promise<PgPooler> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket.on('error', () => socket.destroy()));
    return socket;
  };
  const listener = createServer({ noDelay: true }, (client) => {
    keep(client);
    const reader = new PgMessageReader(false);
    client.on('data', function onStartup(chunk: Buffer) {
      for (const message of reader.read(chunk)) {
        if (ENCRYPTION_REQUESTS.includes(message.body.readInt32BE(0))) {
          client.write('N');
        } else if (habits.refusal === undefined) {
          client.off('data', onStartup);
          relay(client, keep(connect({ ...target, noDelay: true })), message, habits);
        } else {
          client.end(toErrorResponse(habits.refusal));
        }
      }
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return {
    port: address.port,
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function relay(client: Socket, server: Socket, startup: PgMessage, habits: PoolerHabits): void {
  server.write(habits.dropsLimits === true ? withoutLimits(startup) : startup.raw);
  client.pipe(server);
  const reader = new PgMessageReader(true);
  server.on('data', (chunk: Buffer) => {
    for (const { type, raw } of reader.read(chunk)) {
      const isGreeting = type === 'K' && habits.ownGreeting === true;
      client.write(isGreeting ? Buffer.concat([raw.subarray(0, 5), Buffer.alloc(8, 7)]) : raw);
    }
  });
  // A client that resets its connection never ends it: the server would keep the session.
  client.on('close', () => server.destroy());
  server.on('close', () => client.end());
}

/** The startup message with no more than who connects to which database under which name. */
function withoutLimits({ body }: PgMessage): Buffer {
  const texts = body.subarray(4).toString('latin1').split('\0');
  const kept = ['user', 'database', 'application_name', 'client_encoding'].flatMap((key) => {
    const at = texts.indexOf(key);
    return at < 0 ? [] : [key, texts[at + 1] ?? ''];
  });
  const parameters = Buffer.from([...kept, '', ''].join('\0'), 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(8 + parameters.length);
  return Buffer.concat([length, body.subarray(0, 4), parameters]);
}

function toErrorResponse({ code, message }: { code: string; message: string }): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`, 'utf8');
  const head = Buffer.alloc(5);
  head.write('E', 'latin1');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}
