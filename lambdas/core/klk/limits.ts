import type { z } from 'zod';
import { CONCURRENCIA_POR_DEFECTO, MAX_BYTES_POR_DEFECTO } from '../config/contract.ts';
import { entero } from '../config/env.ts';
import type { KlkLimits } from './settings.ts';

/** The limits of the extraction as variables. Three requests at once: with more, KLK became slower (the predecessor's manual). */
export const KLK_LIMIT_VARIABLES = {
  KLK_TIMEOUT_MS: entero(100, 600_000, 30_000),
  KLK_TIMEOUT_CONEXION_MS: entero(100, 60_000, 3_000),
  KLK_REINTENTOS: entero(0, 10, 3),
  KLK_CONCURRENCIA: entero(1, 20, CONCURRENCIA_POR_DEFECTO),
  KLK_MAX_BYTES: entero(1_000, 500_000_000, MAX_BYTES_POR_DEFECTO),
};

type Parsed = z.infer<z.ZodObject<typeof KLK_LIMIT_VARIABLES>>;

/** The limits as the client takes them. */
export const toKlkLimits = (parsed: Parsed, acceptBareList: boolean): KlkLimits => ({
  timeoutMs: parsed.KLK_TIMEOUT_MS,
  connectTimeoutMs: parsed.KLK_TIMEOUT_CONEXION_MS,
  retries: parsed.KLK_REINTENTOS,
  concurrency: parsed.KLK_CONCURRENCIA,
  maxBytes: parsed.KLK_MAX_BYTES,
  acceptBareList,
});
