import { startAnswering, startTcpHop } from './network.ts';
import type { Address, Listener } from './network.ts';

/** Ends every session with this error of PostgreSQL's. */
const refusing = (code: string, text: string) => (): Promise<Listener> =>
  startAnswering(message('E', `SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));

/** A message of PostgreSQL's protocol: its type, its length, its body. */
export function message(type: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(4 + bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Forwards sessions without their limits and settings, as PgBouncer does with `ignore_startup_parameters`. */
const startDroppingLimits = (target: Address): Promise<Listener> =>
  startTcpHop(target, { rewriteFirst: withoutLimits });

/** Greets clients itself: the process that it names is none of the server's. */
const startLending = (target: Address): Promise<Listener> =>
  startTcpHop(target, { rewriteAnswer: greetAsAnother });

/** Stand-ins for PgBouncer and RDS Proxy in front of a server without TLS. */
export const POOLERS = {
  'PgBouncer, which refuses our limits': refusing(
    '08P01',
    'unsupported startup parameter: statement_timeout',
  ),
  'RDS Proxy, which refuses our limits': refusing(
    '0A000',
    'Feature not supported: RDS Proxy currently doesn’t support command-line options.',
  ),
  'one that drops our limits silently': startDroppingLimits,
  'one that lends sessions of its own': startLending,
} satisfies Record<string, (target: Address) => Promise<Listener>>;

/** The startup message with no more than who connects to which database under which name. */
function withoutLimits(startup: Buffer): Buffer {
  const texts = startup.subarray(8).toString('latin1').split('\0');
  const kept = ['user', 'database', 'application_name', 'client_encoding'].flatMap((key) => {
    const at = texts.indexOf(key);
    return at < 0 ? [] : [key, texts[at + 1] ?? ''];
  });
  const parameters = Buffer.from([...kept, '', ''].join('\0'), 'latin1');
  const head = Buffer.from(startup.subarray(0, 8));
  head.writeInt32BE(8 + parameters.length);
  return Buffer.concat([head, parameters]);
}

/** Writes another process and key into BackendKeyData, which comes whole in one packet. */
function greetAsAnother(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from('K\0\0\0\x0c', 'latin1'));
  if (at >= 0) bytes.fill(7, at + 5, at + 13);
  return bytes;
}
