import type { Client, Connection, Submittable } from 'pg';

// The COPY protocol is part of pg's connection and missing in its types.
declare module 'pg' {
  interface Connection {
    query(text: string): void;
    sendCopyFromChunk(chunk: Buffer): void;
    endCopyFrom(): void;
  }
}

/** Sends rows through `COPY ... FROM STDIN`, https://www.postgresql.org/docs/16/sql-copy.html. */
export function copyRows(
  client: Client,
  statement: string,
  rows: readonly (readonly (string | number | null)[])[],
): Promise<void> {
  const text = rows.map((row) => `${row.map(toCopyText).join('\t')}\n`).join('');
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  client.query<CopyQuery>({
    submit: (connection) => {
      connection.query(statement);
    },
    handleCopyInResponse: (connection) => {
      connection.sendCopyFromChunk(Buffer.from(text));
      connection.endCopyFrom();
    },
    handleCommandComplete: () => undefined,
    handleReadyForQuery: () => {
      resolve(undefined);
    },
    handleError: reject,
  });
  return promise;
}

/** The methods that pg calls on a running query. */
interface CopyQuery extends Submittable {
  handleCopyInResponse(connection: Connection): void;
  handleCommandComplete(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

const toCopyText = (value: string | number | null): string =>
  value === null ? '\\N' : String(value).replace(/[\\\t\n\r]/g, (character) => `\\${character}`);
