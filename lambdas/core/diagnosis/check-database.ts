import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { toConnectError } from '../postgres/errors.ts';
import { PipelineError } from '../errors/errors.ts';
import { refuseIntermediary } from '../postgres/preflight.ts';
import type { Check } from './checklist.ts';
import { eventWithin, openTcp } from './probe-tcp.ts';
import { withReadOnly } from '../run/question.ts';
import type { DatabaseContext } from '../run/question.ts';

/** PostgreSQL's SSLRequest, https://www.postgresql.org/docs/16/protocol-message-formats.html. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTED = 'S'.charCodeAt(0);

const HANDSHAKE_WITHIN_MS = 5_000;

/** The hops into PostgreSQL, nearest first. */
export function databaseChecks(context: DatabaseContext): Check[] {
  const { readDatabaseSettings, deadline } = context;
  const orConnectError = async (error: unknown): Promise<never> => {
    throw toConnectError(error, await readDatabaseSettings());
  };
  return [
    {
      paso: 'bd-tcp',
      look: async () => {
        const { host, port } = await readDatabaseSettings();
        const socket = await openTcp(host, port, deadline.signal).catch(orConnectError);
        socket.destroy();
        return { detalle: `${host}:${port} acepta conexiones` };
      },
    },
    {
      paso: 'bd-tls',
      look: async () => {
        const { host, port, tls } = await readDatabaseSettings();
        if (tls === false) return { detalle: 'sin TLS, como pide POSTGRES_SSL=no' };
        const protocol = await negotiateTls(host, port, tls.ca, deadline.signal).catch(orConnectError);
        return { detalle: `${protocol}, certificado y nombre verificados` };
      },
    },
    {
      paso: 'bd-acceso',
      look: async () => {
        const { database, user } = await readDatabaseSettings();
        const version = await withReadOnly(context, async (client) => {
          await refuseIntermediary(client);
          const { rows } = await client.query<{ version: string }>(
            `SELECT current_setting('server_version') AS version`,
          );
          return rows[0]?.version ?? '';
        });
        return { detalle: `PostgreSQL ${version}, base ${database}, usuario ${user}` };
      },
    },
  ];
}

/** Negotiates TLS with the pipeline's settings. Returns the protocol's version. */
async function negotiateTls(host: string, port: number, ca: string, signal: AbortSignal): Promise<string> {
  const socket = await openTcp(host, port, signal);
  try {
    await requestTls(socket, signal);
    const secure = connectTls({
      socket,
      ca,
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 && { servername: host }),
    });
    await eventWithin(secure, 'secureConnect', HANDSHAKE_WITHIN_MS, signal);
    return secure.getProtocol() ?? 'TLS';
  } finally {
    socket.destroy();
  }
}

async function requestTls(socket: Socket, signal: AbortSignal): Promise<void> {
  socket.write(SSL_REQUEST);
  const [bytes] = await eventWithin(socket, 'data', HANDSHAKE_WITHIN_MS, signal);
  if (!Buffer.isBuffer(bytes) || bytes[0] !== ACCEPTED) {
    throw new PipelineError('BD_TLS', 'El servidor no ofrece TLS');
  }
}
