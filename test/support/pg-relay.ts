import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PgMessageReader, ENCRYPTION_REQUESTS, twoTexts } from './pg-messages.ts';
import type { PgMessage } from './pg-messages.ts';

/** What may happen to a statement on its way. */
export type Fault = 'cutBefore' | 'cutAfter' | 'hold';

/** What the relay asks its proxy. */
export interface Conditions {
  delayMs(): number;
  /** Told once of each statement, before any of it reaches the server. */
  faultOf(sql: string): Fault | undefined;
}

/** From a request to the ReadyForQuery that ends its answer. */
interface Exchange {
  hasStatement: boolean;
  fault: Fault | undefined;
}

/** The messages an exchange is made of: Query alone, or Parse, Bind, Describe, Execute, Close, Flush up to Sync. */
const REQUESTS = 'QPBDECHS';

/** The whole round trip is spent on the way to the server: two timers would be late twice, by some 0.2 ms each. */
const atOnce = (): number => 0;

/** One client's connection through the proxy: carries its messages to the server and back. */
export class PgRelay {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #conditions: Conditions;
  readonly #fromClient = new PgMessageReader(false);
  /** SQL of the prepared statements, which later requests name only. */
  readonly #prepared = new Map<string, string>();
  readonly #unanswered: Exchange[] = [];
  #asking: Exchange | undefined;
  /** At which the connection will be cut: nothing that was sent behind it reaches the server. */
  #last: Exchange | undefined;
  #held = false;
  #over = false;

  constructor(client: Socket, target: { host: string; port: number }, conditions: Conditions) {
    this.#client = client;
    this.#server = connect({ ...target, noDelay: true, allowHalfOpen: true });
    this.#conditions = conditions;
    const delayMs = (): number => conditions.delayMs();
    this.#carry(this.#client, this.#server, this.#fromClient, delayMs, (message) => {
      this.#onClientMessage(message);
    });
    this.#carry(this.#server, this.#client, new PgMessageReader(true), atOnce, (message) => {
      this.#onServerMessage(message);
    });
  }

  /** Nothing passes any more, and neither end is told. */
  get held(): boolean {
    return this.#held;
  }

  /** Resets both ends (RST). */
  cut(): void {
    this.#over = true;
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Hands on what `from` says, its end and its failure included, in order and `delayMs` later. */
  #carry(
    from: Socket,
    to: Socket,
    reader: PgMessageReader,
    delayMs: () => number,
    onMessage: (message: PgMessage) => void,
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

  #onClientMessage(message: PgMessage): void {
    if (message.type === '') {
      this.#onStartupMessage(message);
    } else if (REQUESTS.includes(message.type)) {
      this.#onRequest(message);
    } else {
      this.#server.write(message.raw);
    }
  }

  #onStartupMessage({ body, raw }: PgMessage): void {
    if (ENCRYPTION_REQUESTS.includes(body.readInt32BE(0))) {
      this.#client.write('N');
      return;
    }
    this.#server.write(raw);
    this.#fromClient.typed = true;
  }

  #onRequest(message: PgMessage): void {
    if (this.#last !== undefined && (this.#last.fault === 'cutBefore' || this.#asking !== this.#last)) return;
    const exchange = (this.#asking ??= this.#begin());
    const sql = this.#sqlOf(message);
    if (sql !== undefined && !exchange.hasStatement) {
      exchange.hasStatement = true;
      exchange.fault = this.#conditions.faultOf(sql);
      this.#held = exchange.fault === 'hold';
      if (exchange.fault === 'cutBefore' || exchange.fault === 'cutAfter') this.#last = exchange;
      if (exchange.fault === 'cutBefore') {
        // What came before in the same breath still reaches the server, which answers it first.
        this.#server.uncork();
        this.#cutBeforeLast();
        return;
      }
      if (!this.#isOpen()) return;
    }
    if (message.type === 'Q' || message.type === 'S') this.#asking = undefined;
    this.#server.write(message.raw);
  }

  #onServerMessage({ type, raw }: PgMessage): void {
    const exchange = this.#unanswered[0];
    const isReadyForQuery = type === 'Z';
    if (isReadyForQuery) this.#unanswered.shift();
    if (exchange?.fault !== 'cutAfter') this.#client.write(raw);
    else if (isReadyForQuery) this.cut();
    this.#cutBeforeLast();
  }

  #cutBeforeLast(): void {
    if (this.#last?.fault === 'cutBefore' && this.#unanswered[0] === this.#last) this.cut();
  }

  #isOpen(): boolean {
    return !this.#held && !this.#over;
  }

  #begin(): Exchange {
    const exchange: Exchange = { hasStatement: false, fault: undefined };
    this.#unanswered.push(exchange);
    return exchange;
  }

  #sqlOf({ type, body }: PgMessage): string | undefined {
    const [first, second] = twoTexts(body);
    switch (type) {
      case 'Q':
        return first;
      case 'P': // the name it is prepared under, its SQL
        this.#prepared.set(first, second);
        return second;
      case 'B': // a portal, the name of a prepared statement
        return this.#prepared.get(second);
      default:
        return undefined;
    }
  }
}
