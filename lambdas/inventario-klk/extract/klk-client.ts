import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { PipelineError } from '../../shared/errors.ts';
import type { KlkLimits } from '../tunables.ts';
import type { KlkSettings } from '../settings.ts';
import { excerpt } from './excerpt.ts';
import { toStatusError, toTransportError } from './klk-errors.ts';

const RUTA_ARTICULOS = 'maestra/articulos/almacen';

/** A body that stops flowing for this long is dead, whatever the limit of the whole answer. */
const BODY_STALL_MS = 15_000;

/** One keep-alive pool of connections to KLK. */
export interface KlkClient {
  /**
   * One attempt at one warehouse's articles: the bytes of a 200 answer.
   * `onAnswer` is called once KLK begins to answer, whatever the status.
   * @throws PipelineError `KLK_*`; or the signal's reason once it aborts.
   */
  fetchArticulos(almacen: string, signal: AbortSignal, onAnswer: () => void): Promise<Uint8Array>;
}

/** Runs `fn` with a client, and closes its connections afterwards, answers still in flight included. */
export async function withKlkClient<T>(
  settings: KlkSettings,
  limits: KlkLimits,
  fn: (client: KlkClient) => Promise<T>,
): Promise<T> {
  const pool = new Pool(settings.baseUrl.origin, {
    connections: limits.concurrency,
    pipelining: 1,
    connect: { timeout: limits.connectTimeoutMs },
    headersTimeout: limits.timeoutMs,
    bodyTimeout: Math.min(limits.timeoutMs, BODY_STALL_MS),
    maxResponseSize: limits.maxBytes,
  });
  try {
    return await fn({
      fetchArticulos: (almacen, signal, onAnswer) =>
        fetchArticulos(pool, settings, limits, almacen, signal, onAnswer),
    });
  } finally {
    await pool.destroy();
  }
}

async function fetchArticulos(
  pool: Pool,
  { baseUrl, headers }: KlkSettings,
  limits: KlkLimits,
  almacen: string,
  signal: AbortSignal,
  onAnswer: () => void,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  try {
    const response = await pool.request({
      method: 'POST',
      path: `${baseUrl.pathname.replace(/\/$/, '')}/${RUTA_ARTICULOS}`,
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ Codigoalmacen: almacen }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]),
    });
    onAnswer();
    return await readBody(response);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof PipelineError ? error : toTransportError(error, baseUrl.host, limits);
  }
}

async function readBody({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Uint8Array> {
  const bytes = await body.bytes();
  if (statusCode === 200) return bytes;
  throw toStatusError(statusCode, headers['retry-after'], excerpt(new TextDecoder().decode(bytes)));
}
