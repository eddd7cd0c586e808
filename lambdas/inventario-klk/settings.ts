import { z } from 'zod';
import type { DatabaseSettings } from '../shared/database-settings.ts';

const HTTP_HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const texto = z.string().min(1, 'está vacío');

/** Header values that HTTP can carry: no control characters, so none can smuggle a line of its own. */
const cabeceras = z.record(
  z.string().regex(HTTP_HEADER_NAME, 'no es un nombre de cabecera HTTP'),
  z.string().regex(/^[\x20-\x7e]*$/, 'tiene caracteres que una cabecera HTTP no admite'),
);

const baseUrl = texto.transform((value, context): URL => {
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
export const KlkSettingsSchema = z.strictObject({ baseUrl, headers: cabeceras.default({}) });

export type KlkSettings = z.infer<typeof KlkSettingsSchema>;

/** The RDS shape; RDS adds keys of its own (`engine`, `dbInstanceIdentifier`), and writes the port as number or text. */
export const DatabaseSecretSchema = z.object({
  host: texto,
  port: z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,5}$/, 'debe ser un puerto')
        .transform(Number),
    ])
    .pipe(z.int().min(1).max(65_535)),
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
