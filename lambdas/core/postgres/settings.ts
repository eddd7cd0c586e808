import type { ClientConfig } from 'pg';
import { z } from 'zod';
import { puerto } from '../config/env.ts';
import { conceal } from '../errors/excerpt.ts';

/** How to reach one PostgreSQL database. Built from parts: a connection string's `sslmode` would silently replace the TLS settings. */
export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM authorities that must have signed the server's certificate; `false` speaks plain text (loopback only). */
  readonly tls: { readonly ca: string } | false;
}

/** The settings for `pg`; with TLS, certificate and host name are verified. Masks the password in every later excerpt. */
export function toClientConfig(settings: DatabaseSettings): ClientConfig {
  const { host, port, database, user, password, tls } = settings;
  conceal(password);
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: tls === false ? false : { ca: tls.ca, rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
  };
}

const texto = z.string().min(1, 'está vacío');

/** The shape of RDS's secrets. RDS adds keys of its own (`engine`, `dbInstanceIdentifier`), and writes the port as number or text. */
export const DatabaseSecretSchema = z.object({
  host: texto,
  port: z.union([z.int(), z.string()], 'debe ser un puerto').transform(String).pipe(puerto),
  dbname: texto,
  username: texto,
  password: texto,
});

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

/** PostgreSQL truncates a longer name, and would create another user than the one asked for. */
const MAX_NAME_BYTES = 63;

/** A valid role name, which PostgreSQL neither truncates nor reserves. */
export const UserNameSchema = z
  .string()
  .refine(
    (name) => Buffer.byteLength(name) <= MAX_NAME_BYTES,
    `debe tener como mucho ${MAX_NAME_BYTES} bytes`,
  )
  .regex(/^\P{Cc}+$/u, 'no puede tener caracteres de control')
  .refine((name) => !/^pg_|^(public|none)$/.test(name), 'es un nombre reservado de PostgreSQL');

/** Printable ASCII, which SASLprep (RFC 4013) does not change. For other characters client and server may compute different bytes. */
export const PasswordSchema = z
  .string()
  .regex(/^[\x20-\x7e]{8,}$/, 'debe tener al menos 8 caracteres ASCII imprimibles');
