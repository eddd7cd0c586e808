import { z } from 'zod';

/** PostgreSQL cuts a longer name off, and would then make another user than the one asked for. */
const MAX_NAME_BYTES = 63;

/** A name that PostgreSQL takes for a role as it is. */
export const EtlUserNameSchema = z
  .string()
  .refine(
    (name) => Buffer.byteLength(name) <= MAX_NAME_BYTES,
    `debe tener como mucho ${MAX_NAME_BYTES} bytes`,
  )
  .regex(/^\P{Cc}+$/u, 'no puede tener caracteres de control')
  .refine((name) => !/^pg_|^(public|none)$/.test(name), 'es un nombre reservado de PostgreSQL');

/** SASLprep (RFC 4013) leaves printable ASCII as it is; beyond it, client and server may disagree on the bytes. */
export const EtlPasswordSchema = z
  .string()
  .regex(/^[\x20-\x7e]{8,}$/, 'debe tener al menos 8 caracteres ASCII imprimibles');
