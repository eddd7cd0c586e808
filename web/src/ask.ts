import { isProblema } from './answers.ts';
import type { Problema } from './answers.ts';
import { sesion, token } from './session.ts';
import { isNullable, isNumber, isObject, isText, parse } from './shape.ts';

/** An answer, and when it was received. */
export interface Held {
  readonly etag: string | null;
  readonly body: unknown;
  /** When the API last confirmed it, in milliseconds since 1970. */
  readonly received: number;
}

/** Why no new answer was received. */
export type Failure =
  | { readonly kind: 'sin-red' }
  | { readonly kind: 'vencida' }
  | {
      readonly kind: 'problema';
      readonly problema: Problema;
      readonly retryAfterSeconds: number | undefined;
    };

/** Answers kept in memory at most; then the oldest is dropped. */
const IN_MEMORY = 300;
/** Answers kept in sessionStorage for a reload without network. They need a small part of its limit. */
const KEPT = 20;
const PREFIX = 'respuesta:';

const memory = new Map<string, Held>();
const isKept = isObject({ etag: isNullable(isText), received: isNumber });

/** The last answer to this question that this tab received. */
export function recall(path: string): Held | undefined {
  const held = memory.get(path);
  if (held !== undefined) return held;
  const text = sessionStorage.getItem(PREFIX + path);
  if (text === null) return undefined;
  const kept: unknown = JSON.parse(text);
  const { etag, received } = parse(isKept, kept);
  const body: unknown = typeof kept === 'object' && kept !== null && 'body' in kept ? kept.body : null;
  const recalled = { etag, received, body };
  memory.set(path, recalled);
  return recalled;
}

function remember(path: string, held: Held): void {
  memory.delete(path);
  memory.set(path, held);
  const [oldest] = memory.keys();
  if (memory.size > IN_MEMORY && oldest !== undefined) memory.delete(oldest);
  // Later, so that writing does not delay the rendering of the answer.
  setTimeout(() => {
    keep(path, held);
  }, 500);
}

function keep(path: string, held: Held): void {
  // The reader logged out meanwhile, so the answer must not be stored.
  if (token() === null) return;
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && key !== PREFIX + path);
  const text = JSON.stringify(held);
  try {
    if (keys.length >= KEPT)
      for (const key of keys.slice(0, keys.length - KEPT + 1)) sessionStorage.removeItem(key);
    sessionStorage.setItem(PREFIX + path, text);
  } catch {
    // sessionStorage is full: the older answers are dropped.
    for (const key of keys) sessionStorage.removeItem(key);
  }
}

const authorization = (): Record<string, string> => ({ Authorization: `Bearer ${token() ?? ''}` });

/** Asks the API. Sends the ETag of the held answer, so that an unchanged one costs the API almost nothing. */
export async function ask(path: string, signal: AbortSignal): Promise<Held | Failure> {
  const held = recall(path);
  const headers = authorization();
  if (held !== undefined && held.etag !== null) headers['If-None-Match'] = held.etag;
  const response = await request(path, { headers, signal, cache: 'no-store' });
  if ('kind' in response) return response;
  if (response.status === 304 && held !== undefined) {
    const confirmed = { ...held, received: Date.now() };
    remember(path, confirmed);
    return confirmed;
  }
  if (!response.ok) return readFailure(response);
  try {
    const body: unknown = await response.json();
    const answer = { etag: response.headers.get('ETag'), body, received: Date.now() };
    remember(path, answer);
    return answer;
  } catch {
    return signal.aborted ? { kind: 'sin-red' } : unreadable(response.status);
  }
}

/** Asks for the same data as a file for Excel. */
export async function askCsv(
  path: string,
): Promise<{ readonly blob: Blob; readonly name: string | undefined } | Failure> {
  const response = await request(`${path}${path.includes('?') ? '&' : '?'}formato=csv`, {
    headers: authorization(),
  });
  if ('kind' in response) return response;
  if (!response.ok) return readFailure(response);
  const disposition = response.headers.get('Content-Disposition') ?? '';
  return { blob: await response.blob(), name: /filename="?([^";]+)"?/.exec(disposition)?.[1] };
}

async function request(path: string, init: RequestInit): Promise<Response | Failure> {
  if (token() === null) {
    sesion.set('ninguna');
    return { kind: 'vencida' };
  }
  try {
    const response = await fetch(`/api${path}`, init);
    if (response.status !== 401) return response;
    sesion.set('vencida');
    return { kind: 'vencida' };
  } catch {
    return { kind: 'sin-red' };
  }
}

async function readFailure(response: Response): Promise<Failure> {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  try {
    return {
      kind: 'problema',
      problema: parse(isProblema, await response.json()),
      retryAfterSeconds: Number.isNaN(seconds) ? undefined : seconds,
    };
  } catch {
    return unreadable(response.status);
  }
}

/** The failure of an answer that is not the API's, as of a proxy, or of an API version that this page does not know. */
export const unreadable = (status: number, where = ''): Failure => ({
  kind: 'problema',
  problema: {
    type: 'urn:consultas:ilegible',
    title: 'El servicio contestó algo que esta página no entiende',
    status,
    detail: `Vuelva a intentarlo en un momento. Si sigue igual, avise a quien mantiene el sistema (${where === '' ? `respuesta ${status}` : `campo ${where}`}).`,
    errores: undefined,
  },
  retryAfterSeconds: undefined,
});
