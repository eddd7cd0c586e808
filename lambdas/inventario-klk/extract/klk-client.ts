import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { abortable } from '../deadline.ts';
import type { KlkLimits } from '../tunables.ts';
import type { KlkSettings } from '../settings.ts';
import { conceal, excerpt } from '../../shared/excerpt.ts';
import { refuseDense } from './refuse-dense.ts';
import { toStatusError, toTransportError } from './klk-errors.ts';

const RUTA_ARTICULOS = 'maestra/articulos/almacen';
const RUTA_ALMACENES = 'maestra/almacenes';

/** Read of the body of an error, at least, if it has that much. */
const MAX_ERROR_BODY_BYTES = 8_192;

/** KLK's lists of warehouses, as it spells them: the sales floors, and all. */
export type ListaAlmacenes = 'pisoventa' | 'Reposicion';

/** One keep-alive pool of connections to KLK. */
export interface KlkClient {
  /**
   * One attempt at one warehouse's articles: the bytes of a 200 answer.
   * `onAnswer` is called once KLK begins to answer, whatever the status.
   * @throws PipelineError `KLK_*`; or the signal's reason once it aborts.
   */
  fetchArticulos(almacen: string, signal: AbortSignal, onAnswer: () => void): Promise<Uint8Array>;
  /** One attempt at one of KLK's two lists of warehouses; otherwise the same. */
  fetchAlmacenes(lista: ListaAlmacenes, signal: AbortSignal): Promise<Uint8Array>;
}

/** Runs `fn` with a client, and closes its connections afterwards, answers still in flight included. */
export async function withKlkClient<T>(
  settings: KlkSettings,
  limits: KlkLimits,
  fn: (client: KlkClient) => Promise<T>,
): Promise<T> {
  // A gateway may show in its error page what it was sent.
  for (const header of Object.values(settings.headers)) conceal(header);
  const pool = new Pool(settings.baseUrl.origin, {
    connections: limits.concurrency,
    pipelining: 1,
    connect: { timeout: limits.connectTimeoutMs },
    // The limit of the whole attempt is the only one; undici's own ones would cut off a KLK that is allowed to be slower.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: limits.maxBytes,
  });
  const request = createRequest(pool, settings, limits);
  try {
    return await fn({
      fetchArticulos: (almacen, signal, onAnswer) =>
        request(
          {
            method: 'POST',
            ruta: RUTA_ARTICULOS,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ Codigoalmacen: almacen }),
          },
          signal,
          onAnswer,
        ),
      fetchAlmacenes: (lista, signal) =>
        request({ method: 'GET', ruta: `${RUTA_ALMACENES}/${lista}` }, signal, () => undefined),
    });
  } finally {
    await pool.destroy();
  }
}

interface KlkRequest {
  readonly method: 'GET' | 'POST';
  readonly ruta: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Request = (request: KlkRequest, signal: AbortSignal, onAnswer: () => void) => Promise<Uint8Array>;

const createRequest =
  (pool: Pool, { baseUrl, headers: gateway }: KlkSettings, limits: KlkLimits): Request =>
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
        onAnswer();
        return await readBody(response, limits.maxBytes);
      } catch (error) {
        throw toTransportError(error, baseUrl.host, limits);
      }
    });

async function readBody(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<Uint8Array> {
  if (statusCode === 200) {
    const bytes = await body.bytes();
    refuseDense(bytes, maxBytes);
    return bytes;
  }
  throw toStatusError(statusCode, headers['retry-after'], excerpt(await readBeginning(body)));
}

/** Enough of an error's body to quote it; the rest is not waited for. */
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
