import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { abortable } from '../time/deadline.ts';
import type { KlkLimits, KlkSettings } from './settings.ts';
import { conceal, excerpt } from '../errors/excerpt.ts';
import { readText } from './read-text.ts';
import { toStatusError, toTransportError } from './errors.ts';

/** So much of an error's body is read. */
const MAX_ERROR_BODY_BYTES = 8_192;

/** One request to KLK; `ruta` is relative to its address, without a slash in front. */
export interface KlkRequest {
  readonly method: 'GET' | 'POST';
  readonly ruta: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One keep-alive pool of connections to KLK. */
export interface KlkClient {
  /**
   * One attempt: the text of a 200 answer. `onAnswer` is called when KLK begins to answer, whatever the status.
   * @throws PipelineError `KLK_*`; or the signal's reason once it aborts.
   */
  readonly request: (request: KlkRequest, signal: AbortSignal, onAnswer?: () => void) => Promise<string>;
}

/** Runs `fn` with a client, and closes its connections afterwards, answers still in flight included. */
export async function withKlkClient<T>(
  settings: KlkSettings,
  limits: KlkLimits,
  fn: (client: KlkClient) => Promise<T>,
): Promise<T> {
  // A gateway may repeat the headers in its error page.
  for (const header of Object.values(settings.headers)) conceal(header);
  const pool = new Pool(settings.baseUrl.origin, {
    connections: limits.concurrency,
    pipelining: 1,
    connect: { timeout: limits.connectTimeoutMs },
    // Off: the timeout of the whole attempt is the only one, and may be longer than undici's own.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: limits.maxBytes,
  });
  try {
    return await fn({ request: createRequest(pool, settings, limits) });
  } finally {
    await pool.destroy();
  }
}

const createRequest =
  (pool: Pool, { baseUrl, headers: gateway }: KlkSettings, limits: KlkLimits): KlkClient['request'] =>
  ({ method, ruta, headers = {}, body = null }, signal, onAnswer) =>
    abortable(signal, async () => {
      try {
        const response = await pool.request({
          method,
          path: `${baseUrl.pathname.replace(/\/$/, '')}/${ruta}`,
          headers: { ...gateway, ...headers, accept: 'application/json' },
          body,
          signal: AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]),
        });
        onAnswer?.();
        return await readBody(response, limits.maxBytes);
      } catch (error) {
        throw toTransportError(error, baseUrl.host, limits);
      }
    });

async function readBody(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<string> {
  if (statusCode === 200) return readText(body, maxBytes);
  throw toStatusError(statusCode, headers['retry-after'], excerpt(await readBeginning(body)));
}

/** The beginning of an error's body, enough to quote it. */
async function readBeginning(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const piece: unknown = chunk;
    if (!Buffer.isBuffer(piece)) continue;
    chunks.push(piece);
    length += piece.length;
    if (length >= MAX_ERROR_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}
