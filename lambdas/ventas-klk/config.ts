import { z } from 'zod';
import { entero, porcentaje, ventasDesde } from '../core/config/env.ts';
import type { Env } from '../core/config/env.ts';
import { KLK_LIMIT_VARIABLES, toKlkLimits } from '../core/klk/limits.ts';
import type { KlkLimits } from '../core/klk/settings.ts';
import { LAMBDA_VARIABLES, readLambdaEnv } from '../core/run/lambda.ts';
import type { LambdaSettings } from '../core/run/lambda.ts';
import type { Thresholds } from './transform/guards.ts';

/** Limits that have sane defaults. */
export const TunablesSchema = z.object({
  ...KLK_LIMIT_VARIABLES,
  ETL_SENTENCIA_MS: entero(100, 300_000, 30_000),
  ETL_UMBRAL_FILAS_MALAS_PCT: porcentaje(1),
  ETL_UMBRAL_VENTAS_VACIO: entero(1, 1_000_000, 50),
  ETL_UMBRAL_VENTAS_RETIRADAS_PCT: porcentaje(2),
  ETL_VENTAS_TRAMO_LINEAS: entero(1, 100_000, 4_000),
  ETL_VENTAS_DESDE: ventasDesde,
});

const LambdaEnvSchema = TunablesSchema.extend(LAMBDA_VARIABLES);

export interface LambdaConfig extends LambdaSettings {
  readonly tunables: Tunables;
}

/** Everything about a run that an operator may tune. */
export interface Tunables {
  readonly klk: KlkLimits;
  readonly statementTimeoutMs: number;
  readonly thresholds: Thresholds;
  /** Lines that a slice should hold at most: one that is expected to hold more is split before it is read. */
  readonly tramoLineas: number;
  /** The first day wanted; without it the last few days. */
  readonly ventasDesde: string | undefined;
}

/** The tunables as the pipeline takes them. */
export function toTunables(parsed: z.infer<typeof TunablesSchema>): Tunables {
  return {
    // KLK's sales have no older form without `meta`.
    klk: toKlkLimits(parsed, false),
    statementTimeoutMs: parsed.ETL_SENTENCIA_MS,
    thresholds: {
      badLines: parsed.ETL_UMBRAL_FILAS_MALAS_PCT,
      empty: parsed.ETL_UMBRAL_VENTAS_VACIO,
      gone: parsed.ETL_UMBRAL_VENTAS_RETIRADAS_PCT,
    },
    tramoLineas: parsed.ETL_VENTAS_TRAMO_LINEAS,
    ventasDesde: parsed.ETL_VENTAS_DESDE,
  };
}

/**
 * The sales Lambda's configuration.
 * @throws ConfiguracionInvalida listing every problem.
 */
export const readLambdaConfig = (env: Env = process.env): LambdaConfig =>
  readLambdaEnv(LambdaEnvSchema, toTunables, env);
