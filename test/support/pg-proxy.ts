import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { PgRelay } from './pg-relay.ts';
import type { Fault } from './pg-relay.ts';

/** Which statements: by their SQL. A function is asked once of each statement that no earlier fault hits. */
type Match = RegExp | ((sql: string) => boolean);

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
  /** Resets both ends (RST) when the n-th statement comes: the server never sees it. */
  cutBefore(n: number): void;
  /** Resets both ends when the server has answered the n-th statement: the client sees nothing of the answer. */
  cutAfter(n: number): void;
  /** The same for every statement that matches. */
  cutWhen(match: Match, side: 'before' | 'after'): void;
  /** From a matching statement on, its connection carries nothing more, not even the end of the other side. */
  hold(match: Match): void;
  /** Forgets statements, faults and delay, and resets the connections held. */
  reset(): void;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

interface Rule {
  readonly fault: Fault;
  applies(sql: string, n: number): boolean;
}

/** Starts a proxy in front of the PostgreSQL at `target`. */
export async function startPgProxy(target: { host: string; port: number }): Promise<PgProxy> {
  const relays = new Set<PgRelay>();
  let statements: string[] = [];
  let rules: Rule[] = [];

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    relays.add(new PgRelay(client, target, { delayMs: () => proxy.delayMs, faultOf }));
  });
  const faultOf = (sql: string): Fault | undefined => {
    const n = statements.push(sql);
    return rules.find((rule) => rule.applies(sql, n))?.fault;
  };
  const breakNth = (fault: Fault, nth: number): void => {
    rules.push({ fault, applies: (_sql, n) => n === nth });
  };
  const breakMatching = (fault: Fault, match: Match): void => {
    const applies = match instanceof RegExp ? (sql: string): boolean => sql.search(match) >= 0 : match;
    rules.push({ fault, applies });
  };

  const proxy: PgProxy = {
    port: await listen(listener),
    delayMs: 0,
    statements: () => [...statements],
    cutBefore: (n) => {
      breakNth('cutBefore', n);
    },
    cutAfter: (n) => {
      breakNth('cutAfter', n);
    },
    cutWhen: (match, side) => {
      breakMatching(side === 'before' ? 'cutBefore' : 'cutAfter', match);
    },
    hold: (match) => {
      breakMatching('hold', match);
    },
    reset() {
      statements = [];
      rules = [];
      proxy.delayMs = 0;
      for (const relay of relays) if (relay.held) relay.cut();
    },
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const relay of relays) relay.cut();
      await closed;
    },
  };
  return proxy;
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return address.port;
}
