import type { z } from 'zod';
import type { TunablesSchema } from './env-schemas.ts';
import type { Thresholds } from './transform/guards.ts';

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

/** Everything about a run that an operator may tune. */
export interface Tunables {
  readonly klk: KlkLimits;
  readonly statementTimeoutMs: number;
  readonly thresholds: Thresholds;
}

/** The tunables as the pipeline takes them. */
export function toTunables(parsed: z.infer<typeof TunablesSchema>): Tunables {
  return {
    klk: {
      timeoutMs: parsed.KLK_TIMEOUT_MS,
      connectTimeoutMs: parsed.KLK_TIMEOUT_CONEXION_MS,
      retries: parsed.KLK_REINTENTOS,
      concurrency: parsed.KLK_CONCURRENCIA,
      maxBytes: parsed.KLK_MAX_BYTES,
      acceptBareList: parsed.KLK_ACEPTAR_SIN_META,
    },
    statementTimeoutMs: parsed.ETL_SENTENCIA_MS,
    thresholds: {
      badRows: parsed.ETL_UMBRAL_FILAS_MALAS_PCT,
      lost: parsed.ETL_UMBRAL_CEROS_PCT,
      gone: parsed.ETL_UMBRAL_ENCOGIDO_PCT,
      unknown: parsed.ETL_UMBRAL_NUEVOS_PCT,
      altered: parsed.ETL_UMBRAL_CAMBIOS_PCT,
    },
  };
}
