import { z } from 'zod';
import { entero, porcentaje, siNo } from '../core/config/env.ts';
import type { Env } from '../core/config/env.ts';
import { KLK_LIMIT_VARIABLES, toKlkLimits } from '../core/klk/limits.ts';
import { LAMBDA_VARIABLES, readLambdaEnv } from '../core/run/lambda.ts';
import type { LambdaSettings } from '../core/run/lambda.ts';
import type { KlkLimits } from '../core/klk/settings.ts';
import type { Thresholds } from './transform/guards.ts';

/** Limits that have sane defaults. */
export const TunablesSchema = z.object({
  ...KLK_LIMIT_VARIABLES,
  KLK_ACEPTAR_SIN_META: siNo('no'),
  ETL_SENTENCIA_MS: entero(100, 300_000, 30_000),
  ETL_UMBRAL_FILAS_MALAS_PCT: porcentaje(1),
  ETL_UMBRAL_CEROS_PCT: porcentaje(30),
  ETL_UMBRAL_ENCOGIDO_PCT: porcentaje(30),
  ETL_UMBRAL_NUEVOS_PCT: porcentaje(50),
  ETL_UMBRAL_CAMBIOS_PCT: porcentaje(30),
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
}

/** The tunables as the pipeline takes them. */
export function toTunables(parsed: z.infer<typeof TunablesSchema>): Tunables {
  return {
    klk: toKlkLimits(parsed, parsed.KLK_ACEPTAR_SIN_META),
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
export const readLambdaConfig = (env: Env = process.env): LambdaConfig =>
  readLambdaEnv(LambdaEnvSchema, toTunables, env);
