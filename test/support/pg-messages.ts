/** One message of the PostgreSQL protocol, https://www.postgresql.org/docs/16/protocol-message-formats.html. */
export interface PgMessage {
  /** The letter that names it; '' for what a client says before its session starts, which has none. */
  readonly type: string;
  readonly body: Buffer;
  /** All of it as it travels. */
  readonly raw: Buffer;
}

/** Puts the messages of one direction together again, however the network cut them. */
export class PgMessageReader {
  /** Whether the next message starts with its letter. */
  typed: boolean;
  #pending: Buffer = Buffer.alloc(0);

  constructor(typed: boolean) {
    this.typed = typed;
  }

  /** The messages that this chunk completes, one at a time: what one says may change how the next is read. */
  *read(chunk: Buffer): Generator<PgMessage> {
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

/** The two zero-terminated texts at the start of a body; what is missing is ''. */
export function twoTexts(body: Buffer): [string, string] {
  const first = body.indexOf(0);
  const second = body.indexOf(0, first + 1);
  return [body.toString('utf8', 0, first), body.toString('utf8', first + 1, Math.max(second, first + 1))];
}

/** The codes by which a client asks for TLS or GSSAPI encryption before it says who it is. */
export const ENCRYPTION_REQUESTS: readonly number[] = [80877103, 80877104];
