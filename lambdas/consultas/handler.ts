import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Logger } from '@aws-lambda-powertools/logger';
import { z } from 'zod';
import { ENV } from '../core/config/contract.ts';
import { fetchSecret } from '../core/config/secrets.ts';
import { describeErrorsInJson } from '../core/errors/describe-error.ts';
import { DatabaseSecretSchema, toDatabaseSettings } from '../core/postgres/settings.ts';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { createApp, MENSAJES } from './app.ts';
import type { App } from './app.ts';
import { readConsultasConfig } from './config.ts';
import type { ConsultasConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { invalidParameter, ProblemError, toResponse } from './problem.ts';

const SECRET_WITHIN_MS = 5_000;

/** Lambda's limit of an answer is 6 MB, headers and base64 included. */
const MAX_ANSWER_BYTES = 5_500_000;

/** Shorter answers gain nothing from being compressed. */
const COMPRESSED_FROM_BYTES = 1_000;

/** Whether `Accept-Encoding` allows gzip; `gzip;q=0` refuses it. */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/;

/** The part of API Gateway's event (HTTP API, payload 2.0) that is read. The authorizer verified the token. */
const EventSchema = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  requestContext: z.object({
    requestId: z.string(),
    http: z.object({ method: z.string() }),
    authorizer: z.object({ jwt: z.object({ claims: z.unknown() }) }).optional(),
  }),
});

/** An answer as API Gateway takes it. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const logger = new Logger({ serviceName: 'consultas', jsonReplacerFn: describeErrorsInJson });

let app: App | undefined;

/** Called by API Gateway. Never throws: what fails is answered as a problem. */
export async function handler(event: unknown): Promise<Answer> {
  try {
    const { rawPath, rawQueryString, headers, requestContext } = EventSchema.parse(event);
    const { requestId: id, http, authorizer } = requestContext;
    app ??= createApp(createContext(readConsultasConfig()));
    // API Gateway decodes the path, so what means something in an address is encoded again, but for `/`: see `register`.
    const path = rawPath.replaceAll(/[%?#\\]/g, encodeURIComponent);
    const url = `https://api${path}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
    const request = new Request(url, { method: http.method, headers: readHeaders(headers) });
    const response = await app.fetch(request, { claims: authorizer?.jwt.claims, id });
    return await toAnswer(response, headers['accept-encoding'] ?? '');
  } catch (error) {
    logger.error(MENSAJES.fallida, { error });
    return toAnswer(toResponse(new ProblemError('error-interno', 'El servicio no puede contestar.')), '');
  }
}

function createContext({
  access,
  dbSecretArn,
  databaseCa,
}: ConsultasConfig): Parameters<typeof createApp>[0] {
  const readSettings = async (): Promise<DatabaseSettings> => {
    const signal = AbortSignal.timeout(SECRET_WITHIN_MS);
    const secret = await fetchSecret(ENV.consultasDbSecretArn, dbSecretArn, DatabaseSecretSchema, signal);
    return toDatabaseSettings(secret, databaseCa);
  };
  return { database: openDatabase({ readSettings }), access, version: readVersion(), log: logger };
}

/** `If-None-Match`, the one header that the app reads. Other than printable ASCII it is no ETag of the app, and `Request` may refuse it. */
const readHeaders = ({
  'if-none-match': held = '',
}: Readonly<Record<string, string>>): Record<string, string> =>
  /^[\x20-\x7e]+$/.test(held) ? { 'If-None-Match': held } : {};

/** The hash of this file, which is the whole bundle. */
const readVersion = (): string =>
  createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('base64url');

async function toAnswer(response: Response, accepted: string): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers);
  const compressed = bytes.length >= COMPRESSED_FROM_BYTES && TAKES_GZIP.test(accepted);
  const body = compressed ? gzipSync(bytes).toString('base64') : bytes.toString();
  if (Buffer.byteLength(body) > MAX_ANSWER_BYTES) {
    return toAnswer(toResponse(invalidParameter('formato', 'el CSV es demasiado grande: filtre más')), '');
  }
  return {
    statusCode: response.status,
    headers: compressed
      ? {
          ...headers,
          'content-encoding': 'gzip',
          vary: [headers['vary'] ?? [], 'Accept-Encoding'].flat().join(', '),
        }
      : headers,
    body,
    isBase64Encoded: compressed,
  };
}
