import { z } from 'zod';
import type { DatabaseSettings } from './settings.ts';
import { codeOf, PipelineError } from '../errors/errors.ts';
import type { CodigoError } from '../errors/codes.ts';
import { excerpt } from '../errors/excerpt.ts';

/** A pooler shares sessions between clients, so the run lock could stay with a session that another client gets. */
export const INTERMEDIARIO =
  'Entre este programa y PostgreSQL hay un intermediario que reparte las sesiones (PgBouncer, RDS Proxy), y así no se puede guardar el turno';

/** SQLSTATEs and their first two characters (classes), https://www.postgresql.org/docs/16/errcodes-appendix.html. */
const BY_SQLSTATE: Readonly<Record<string, CodigoError>> = {
  '08': 'BD_CONEXION_PERDIDA',
  '28': 'BD_CREDENCIALES',
  '3D000': 'BD_INEXISTENTE',
  '25006': 'BD_SOLO_LECTURA',
  '40': 'BD_BLOQUEO',
  '42501': 'BD_PERMISO',
  '42P01': 'BD_SIN_MIGRAR',
  '42703': 'BD_SIN_MIGRAR',
  '42883': 'BD_SIN_MIGRAR',
  '53100': 'BD_SIN_ESPACIO',
  '53200': 'BD_CONEXION_PERDIDA',
  '53300': 'BD_INACCESIBLE',
  '55P03': 'BD_BLOQUEO',
  '57014': 'BD_TIEMPO',
  '57P': 'BD_CONEXION_PERDIDA',
  '57P03': 'BD_INACCESIBLE',
  '25P03': 'BD_CONEXION_PERDIDA',
};

const TLS_CODES = /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_|UNABLE_TO_)/;

const LOST_CONNECTION =
  /Connection terminated|Connection ended|Client has encountered a connection error|not queryable|Query read timeout/;

/** What PgBouncer (08P01) and RDS Proxy (0A000) answer to a session that sets limits of its own. */
const INTERMEDIARY_REFUSAL = /unsupported startup parameter|RDS Proxy/i;

/** The endpoint of an RDS Proxy. TLS fails before its first message, because another authority signed its certificate. */
const RDS_PROXY = /\.proxy-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?$/i;

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);

const messageOf = (error: unknown): string => (Error.isError(error) ? error.message : String(error));

/** Whether a statement gave up waiting for a lock of another session. */
export const isLockTimeout = (error: unknown): boolean =>
  error instanceof PipelineError && codeOf(error.cause) === '55P03';

/**
 * Whether a row was refused because the partition of its month was created while it was being inserted into the default one. The next
 * attempt finds the new partition.
 */
export const isPartitionJustMade = (error: unknown): boolean =>
  error instanceof PipelineError &&
  codeOf(error.cause) === '23514' &&
  WithTable.safeParse(error.cause).data?.table.endsWith('_default') === true;

const WithTable = z.object({ table: z.string() });

/** A failed statement as a PipelineError: by SQLSTATE when the server spoke, else a lost connection. */
export function toDatabaseError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const code = codeOf(error);
  const mensaje = messageOf(error);
  if (code !== undefined && isSqlState(code)) {
    const codigo =
      BY_SQLSTATE[code] ?? BY_SQLSTATE[code.slice(0, 3)] ?? BY_SQLSTATE[code.slice(0, 2)] ?? 'BD_ERROR';
    return new PipelineError(codigo, `PostgreSQL respondió ${code}: ${excerpt(mensaje)}`, { cause: error });
  }
  if (code !== undefined || LOST_CONNECTION.test(mensaje)) {
    return new PipelineError(
      'BD_CONEXION_PERDIDA',
      `Se perdió la conexión con PostgreSQL: ${excerpt(mensaje)}`,
      {
        cause: error,
      },
    );
  }
  return new PipelineError(
    'ERROR_INTERNO',
    `Error inesperado al hablar con PostgreSQL: ${excerpt(mensaje)}`,
    {
      cause: error,
    },
  );
}

/** A failed connection as a PipelineError whose message names host, port and database, never the password. */
export function toConnectError(error: unknown, settings: DatabaseSettings): PipelineError {
  if (error instanceof PipelineError) return error;
  const destino = `${settings.host}:${settings.port}/${settings.database}`;
  const codigo = connectCode(error, settings.host);
  const mensaje =
    codigo === 'BD_INTERMEDIARIO' ? `${INTERMEDIARIO}: ${excerpt(messageOf(error))}` : describe(error);
  return new PipelineError(codigo, `No se pudo conectar a PostgreSQL (${destino}): ${mensaje}`, {
    cause: error,
  });
}

/** A server that is not PostgreSQL closes the connection or answers something else. */
const describe = (error: unknown): string =>
  /Connection terminated unexpectedly|error establishing an SSL connection/.test(messageOf(error))
    ? `${excerpt(messageOf(error))}; compruebe que en ese puerto escucha PostgreSQL`
    : excerpt(messageOf(error));

function connectCode(error: unknown, host: string): CodigoError {
  const code = codeOf(error) ?? '';
  if (RDS_PROXY.test(host) || INTERMEDIARY_REFUSAL.test(messageOf(error))) return 'BD_INTERMEDIARIO';
  if (TLS_CODES.test(code) || messageOf(error).includes('does not support SSL')) return 'BD_TLS';
  if (isSqlState(code) && code.startsWith('28')) return 'BD_CREDENCIALES';
  if (code === '42501') return 'BD_PERMISO';
  if (code === '3D000') return 'BD_INEXISTENTE';
  return 'BD_INACCESIBLE';
}
