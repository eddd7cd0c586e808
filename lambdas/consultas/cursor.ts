import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { invalidParameter } from './problem.ts';

/** Characters of the longest cursor that is read; ours are shorter. */
const MAX_LENGTH = 2_000;

const BINDING_LENGTH = 22;

/**
 * The key of a page's last row as opaque text. A hash binds it to `question`, which holds all that decides rows and order: a cursor of one
 * question is refused for another. The hash need not be a signature, because a forged cursor reaches no row that its question does not show.
 */
export const writeCursor = (key: unknown, question: string): string => {
  const json = JSON.stringify(key);
  return Buffer.from(`${bind(json, question)}${json}`).toString('base64url');
};

/**
 * The key of a cursor.
 * @throws ProblemError `parametros-invalidos` unless it was written for this question
 */
export function readCursor<K>(cursor: string, schema: z.ZodType<K>, question: string): K {
  const parsed = schema.safeParse(open(cursor, question));
  if (!parsed.success) {
    throw invalidParameter('cursor', 'no es de esta consulta: pida la primera página, sin cursor');
  }
  return parsed.data;
}

function open(cursor: string, question: string): unknown {
  if (cursor.length > MAX_LENGTH) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  // Decoding ignores characters that are not base64url. Without this check several texts would be the same cursor.
  if (bytes.toString('base64url') !== cursor) return undefined;
  const text = bytes.toString();
  const json = text.slice(BINDING_LENGTH);
  if (text.slice(0, BINDING_LENGTH) !== bind(json, question)) return undefined;
  return parseStorable(json);
}

/** Parses JSON. Undefined when it is not JSON, or holds the character NUL, which PostgreSQL cannot store. */
function parseStorable(json: string): unknown {
  try {
    const parsed: unknown = JSON.parse(json, refuseNul);
    return parsed;
  } catch {
    return undefined;
  }
}

function refuseNul(_name: string, value: unknown): unknown {
  if (typeof value === 'string' && value.includes('\0')) throw new SyntaxError('NUL');
  return value;
}

const bind = (json: string, question: string): string =>
  createHash('sha256')
    .update(JSON.stringify([question, json]))
    .digest('base64url')
    .slice(0, BINDING_LENGTH);
