import { z } from 'zod';
import { CONCURRENCIA_POR_DEFECTO, MAX_BYTES_POR_DEFECTO } from '../core/config/contract.ts';
import {
  collectProblems,
  entero,
  parseEnv,
  porcentaje,
  puerto,
  requerido,
  siNo,
} from '../core/config/env.ts';
import type { Env } from '../core/config/env.ts';
import { readLambdaCa } from '../core/postgres/ca.ts';
import type { KlkLimits } from '../core/klk/settings.ts';
import type { Thresholds } from './transform/guards.ts';

/** Limits with defaults. Three requests at the same time: with more KLK answers slower. */
export const TunablesSchema = z.object({
  KLK_TIMEOUT_MS: entero(100, 600_000, 30_000),
  KLK_TIMEOUT_CONEXION_MS: entero(100, 60_000, 3_000),
  KLK_REINTENTOS: entero(0, 10, 3),
  KLK_CONCURRENCIA: entero(1, 20, CONCURRENCIA_POR_DEFECTO),
  KLK_MAX_BYTES: entero(1_000, 500_000_000, MAX_BYTES_POR_DEFECTO),
  KLK_ACEPTAR_SIN_META: siNo('no'),
  ETL_SENTENCIA_MS: entero(100, 300_000, 30_000),
  ETL_UMBRAL_FILAS_MALAS_PCT: porcentaje(1),
  ETL_UMBRAL_CEROS_PCT: porcentaje(30),
  ETL_UMBRAL_ENCOGIDO_PCT: porcentaje(30),
  ETL_UMBRAL_NUEVOS_PCT: porcentaje(50),
  ETL_UMBRAL_CAMBIOS_PCT: porcentaje(30),
});

const LambdaEnvSchema = TunablesSchema.extend({
  DB_SECRET_ARN: requerido,
  KLK_SECRET_ARN: requerido,
  KLK_PUERTO: puerto,
  ETL_MARGEN_MS: entero(6_000, 120_000, 10_000),
});

export interface LambdaConfig {
  readonly dbSecretArn: string;
  readonly klkSecretArn: string;
  readonly klkPuerto: number;
  readonly databaseCa: string;
  /** Reserved at the end of the Lambda's time, so that the summary is always written. */
  readonly marginMs: number;
  readonly tunables: Tunables;
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

/**
 * The inventory Lambda's configuration.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readLambdaConfig(env: Env = process.env): LambdaConfig {
  const [parsed, databaseCa] = collectProblems(
    () => parseEnv(LambdaEnvSchema, env),
    () => readLambdaCa(env),
  );
  return {
    dbSecretArn: parsed.DB_SECRET_ARN,
    klkSecretArn: parsed.KLK_SECRET_ARN,
    klkPuerto: parsed.KLK_PUERTO,
    databaseCa,
    marginMs: parsed.ETL_MARGEN_MS,
    tunables: toTunables(parsed),
  };
}
