import { z } from 'zod';
import type { DatabaseSettings } from '../shared/database-settings.ts';

const HTTP_HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Set by the client itself or by HTTP: a second one would break every request. */
const OWN_HEADERS =
  /^(accept|connection|content-(length|type)|expect|keep-alive|transfer-encoding|upgrade)$/i;

const texto = z.string().min(1, 'está vacío');

/**
 * Headers that HTTP can carry, without control characters that would smuggle a line of their own. A wrong name is not repeated:
 * who swaps name and value has put a secret there.
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

/** KLK's address; what it holds is never repeated, it may carry a password. */
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

/** The RDS shape; RDS adds keys of its own (`engine`, `dbInstanceIdentifier`), and writes the port as number or text. */
export const DatabaseSecretSchema = z.object({
  host: texto,
  port: z
    .union(
      [
        z.int(),
        z
          .string()
          .regex(/^\d{1,5}$/)
          .transform(Number),
      ],
      'debe ser un puerto',
    )
    .pipe(z.number().min(1, 'debe ser un puerto').max(65_535, 'debe ser un puerto')),
  dbname: texto,
  username: texto,
  password: texto,
});

/** The TCP port of a KLK address, with HTTP's and HTTPS's own defaults. */
export const portOf = (url: URL): number =>
  Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);

/** The database secret's content as connection settings, with TLS verified against `ca`. */
export function toDatabaseSettings(
  secret: z.infer<typeof DatabaseSecretSchema>,
  ca: string,
): DatabaseSettings {
  return {
    host: secret.host,
    port: secret.port,
    database: secret.dbname,
    user: secret.username,
    password: secret.password,
    tls: { ca },
  };
}
