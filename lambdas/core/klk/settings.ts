import { z } from 'zod';

const HTTP_HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Set by the client itself or by HTTP: a second one would break every request. */
const OWN_HEADERS =
  /^(accept|connection|content-(length|type)|expect|keep-alive|transfer-encoding|upgrade)$/i;

const texto = z.string().min(1, 'está vacío');

/**
 * Headers that HTTP can carry, without control characters that would inject another line. The message does not quote a wrong name: it
 * may be a secret, if name and value were swapped.
 */
export const HeadersSchema = z
  .record(z.string(), z.string().regex(/^[\x20-\x7e]*$/, 'tiene caracteres que una cabecera HTTP no admite'))
  .refine(
    (headers) => Object.keys(headers).every((name) => HTTP_HEADER_NAME.test(name)),
    'hay un nombre que HTTP no admite',
  )
  .refine(
    (headers) => !Object.keys(headers).some((name) => OWN_HEADERS.test(name)),
    'hay una cabecera que pone el propio cliente',
  );

/** KLK's address. No message quotes it, because it may carry a password. */
export const BaseUrlSchema = texto.transform((value, context): URL => {
  const url = URL.parse(value);
  const problema =
    url === null || !/^https?:$/.test(url.protocol)
      ? 'debe ser una URL http:// o https://'
      : url.username !== '' || url.password !== ''
        ? 'no puede llevar usuario ni contraseña; use headers'
        : url.search !== '' || url.hash !== ''
          ? 'no puede llevar ? ni #'
          : undefined;
  if (url === null || problema !== undefined) {
    context.addIssue({ code: 'custom', message: problema ?? 'debe ser una URL' });
    return z.NEVER;
  }
  return url;
});

/** Where KLK is, and headers a gateway in front of it may require. Shape of the KLK secret. */
export const KlkSettingsSchema = z.strictObject({
  baseUrl: BaseUrlSchema,
  headers: HeadersSchema.default({}),
});

export type KlkSettings = z.infer<typeof KlkSettingsSchema>;

/** The TCP port of a KLK address, with HTTP's and HTTPS's own defaults. */
export const portOf = (url: URL): number =>
  Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);

/** Limits of the extraction, in milliseconds and bytes. */
export interface KlkLimits {
  /** One attempt, whole answer included. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  readonly concurrency: number;
  readonly maxBytes: number;
  /** Accept the bare list of an older server, whose completeness cannot be checked. */
  readonly acceptBareList: boolean;
}
