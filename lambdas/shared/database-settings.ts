import type { ClientConfig } from 'pg';
import { conceal } from './excerpt.ts';

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

/** The settings as `pg` wants them; certificate and host name are verified whenever TLS is on. The password is shown in no message from now on. */
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
