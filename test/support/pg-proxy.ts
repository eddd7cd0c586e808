import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listen } from './network.ts';
import type { Address } from './network.ts';

/** What may happen to a statement on its way. */
type Fault = 'before' | 'after' | 'hold';

/** Which statements: the n-th, or by their SQL. A function is asked once of each statement that no earlier fault hits. */
type Match = number | RegExp | ((sql: string) => boolean);

/**
 * A proxy in front of PostgreSQL that breaks plain-text connections at a chosen statement. A statement is a simple
 * query, or an extended one up to its Sync; they are counted from 1 over all connections since the last `reset`.
 */
export interface PgProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Round trip added to every connection. */
  delayMs: number;
  /** The SQL of each statement counted, in order. */
  statements(): string[];
  /**
   * Resets both ends (RST) when a matching statement comes: `before`, and the server never sees it; or `after` the server has answered,
   * and the client sees nothing of the answer.
   */
  cut(match: Match, side: 'before' | 'after'): void;
  /** From a matching statement on, its connection carries nothing more, not even the end of the other side. */
  hold(match: Match): void;
  /** Forgets statements, faults and delay, and resets the connections held. */
  reset(): void;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts a proxy in front of the PostgreSQL at `target`. */
export async function startPgProxy(target: Address): Promise<PgProxy> {
  const relays = new Set<Relay>();
  let statements: string[] = [];
  let rules: { readonly match: Match; readonly fault: Fault }[] = [];

  const faultOf = (sql: string): Fault | undefined => {
    const n = statements.push(sql);
    return rules.find(({ match }) => {
      if (typeof match === 'function') return match(sql);
      return typeof match === 'number' ? match === n : sql.search(match) >= 0;
    })?.fault;
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, noDelay: true, allowHalfOpen: true });
    relays.add(new Relay(client, upstream, faultOf, () => proxy.delayMs));
  });

  const proxy: PgProxy = {
    port: await listen(server),
    delayMs: 0,
    statements: () => [...statements],
    cut: (match, side) => void rules.push({ match, fault: side }),
    hold: (match) => void rules.push({ match, fault: 'hold' }),
    reset() {
      statements = [];
      rules = [];
      proxy.delayMs = 0;
      for (const relay of relays) if (relay.held) relay.cut();
    },
    async close() {
      const closed = closeServer(server);
      for (const relay of relays) relay.cut();
      await closed;
    },
  };
  return proxy;
}

/** One message of the PostgreSQL protocol, https://www.postgresql.org/docs/16/protocol-message-formats.html. */
interface Message {
  /** The letter that names it; '' for what a client says before its session starts, which has none. */
  readonly type: string;
  readonly body: Buffer;
  /** All of it as it travels. */
  readonly raw: Buffer;
}

/** Puts the messages of one direction together again, however the network cut them. */
class MessageReader {
  /** Whether the next message starts with its letter. */
  typed: boolean;
  #pending: Buffer = Buffer.alloc(0);

  constructor(typed: boolean) {
    this.typed = typed;
  }

  /** The messages that this chunk completes, one at a time: what one says may change how the next is read. */
  *read(chunk: Buffer): Generator<Message> {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const letter = this.typed ? 1 : 0;
      if (this.#pending.length < letter + 4) return;
      // The length counts itself, but not the letter.
      const end = letter + this.#pending.readInt32BE(letter);
      if (this.#pending.length < end) return;
      const raw = this.#pending.subarray(0, end);
      this.#pending = this.#pending.subarray(end);
      yield { type: raw.toString('latin1', 0, letter), body: raw.subarray(letter + 4), raw };
    }
  }
}

/** The codes by which a client asks for TLS or GSSAPI encryption before it says who it is. */
const ENCRYPTION_REQUESTS: readonly number[] = [80877103, 80877104];

/** The messages an exchange is made of: Query alone, or Parse, Bind, Describe, Execute, Close, Flush up to Sync. */
const REQUESTS = 'QPBDECHS';

/** From a request to the ReadyForQuery that ends its answer. */
interface Exchange {
  hasStatement: boolean;
  fault: Fault | undefined;
}

/** One client's connection through the proxy: carries its messages to the server and back. */
class Relay {
  /** Whether all traffic has stopped, without either end being closed. */
  held = false;
  readonly #client: Socket;
  readonly #server: Socket;
  /** Asked once of each statement, before any of it reaches the server. */
  readonly #faultOf: (sql: string) => Fault | undefined;
  readonly #fromClient = new MessageReader(false);
  readonly #unanswered: Exchange[] = [];
  #asking: Exchange | undefined;
  /** At which the connection will be cut: nothing that was sent behind it reaches the server. */
  #last: Exchange | undefined;
  #over = false;

  constructor(
    client: Socket,
    server: Socket,
    faultOf: (sql: string) => Fault | undefined,
    delayMs: () => number,
  ) {
    this.#client = client;
    this.#server = server;
    this.#faultOf = faultOf;
    this.#carry(client, server, this.#fromClient, delayMs, (message) => {
      this.#onClientMessage(message);
    });
    // The whole round trip is spent on the way to the server: two timers would be late twice, by some 0.2 ms each.
    const atOnce = (): number => 0;
    this.#carry(server, client, new MessageReader(true), atOnce, (message) => {
      this.#onServerMessage(message);
    });
  }

  /** Resets both ends (RST). */
  cut(): void {
    this.#over = true;
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Forwards what `from` sends, its end and its failure included, in order and `delayMs` later. */
  #carry(
    from: Socket,
    to: Socket,
    reader: MessageReader,
    delayMs: () => number,
    onMessage: (message: Message) => void,
  ): void {
    let previous = Promise.resolve();
    const later = (deliver: () => void): void => {
      const due = performance.now() + delayMs();
      previous = previous.then(async () => {
        // Timers count whole milliseconds; a piece of an answer must not wait for one of its own.
        const waitMs = Math.round(due - performance.now());
        if (waitMs > 0) await sleep(waitMs);
        if (this.#isOpen()) deliver();
      });
    };
    from.on('data', (chunk: Buffer) => {
      later(() => {
        to.cork();
        for (const message of reader.read(chunk)) if (this.#isOpen()) onMessage(message);
        to.uncork();
      });
    });
    from.on('end', () => {
      later(() => to.end());
    });
    from.on('error', () => {
      later(() => {
        this.cut();
      });
    });
  }

  #onClientMessage(message: Message): void {
    const { type, body, raw } = message;
    if (REQUESTS.includes(type) && type !== '') {
      this.#onRequest(message);
    } else if (type === '' && ENCRYPTION_REQUESTS.includes(body.readInt32BE(0))) {
      this.#client.write('N');
    } else {
      this.#server.write(raw);
      this.#fromClient.typed = true;
    }
  }

  #onRequest(message: Message): void {
    if (this.#last !== undefined && (this.#last.fault === 'before' || this.#asking !== this.#last)) return;
    const exchange = (this.#asking ??= this.#begin());
    const sql = sqlOf(message);
    if (sql !== undefined && !exchange.hasStatement) {
      exchange.hasStatement = true;
      exchange.fault = this.#faultOf(sql);
      this.held = exchange.fault === 'hold';
      if (exchange.fault === 'before' || exchange.fault === 'after') this.#last = exchange;
      if (exchange.fault === 'before') {
        // What came with it in one packet still reaches the server, which answers it first.
        this.#server.uncork();
        this.#cutBeforeLast();
        return;
      }
      if (!this.#isOpen()) return;
    }
    if (message.type === 'Q' || message.type === 'S') this.#asking = undefined;
    this.#server.write(message.raw);
  }

  #onServerMessage({ type, raw }: Message): void {
    const exchange = this.#unanswered[0];
    const isReadyForQuery = type === 'Z';
    if (isReadyForQuery) this.#unanswered.shift();
    if (exchange?.fault !== 'after') this.#client.write(raw);
    else if (isReadyForQuery) this.cut();
    this.#cutBeforeLast();
  }

  #cutBeforeLast(): void {
    if (this.#last?.fault === 'before' && this.#unanswered[0] === this.#last) this.cut();
  }

  #isOpen(): boolean {
    return !this.held && !this.#over;
  }

  #begin(): Exchange {
    const exchange: Exchange = { hasStatement: false, fault: undefined };
    this.#unanswered.push(exchange);
    return exchange;
  }
}

/** The SQL of a Query, or of a Parse, in which the name it is prepared under comes first. */
function sqlOf({ type, body }: Message): string | undefined {
  if (type !== 'Q' && type !== 'P') return undefined;
  return body.toString('utf8').split('\0')[type === 'Q' ? 0 : 1];
}
