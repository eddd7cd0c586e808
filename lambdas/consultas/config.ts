import { z } from 'zod';
import { collectProblems, parseEnv, requerido } from '../core/config/env.ts';
import type { Env } from '../core/config/env.ts';
import { readLambdaCa } from '../core/postgres/ca.ts';
import type { AccessRules } from './access.ts';

const ConsultasEnvSchema = z.object({
  CONSULTAS_DB_SECRET_ARN: requerido,
  CONSULTAS_ISSUER: requerido,
  CONSULTAS_AUDIENCE: requerido,
  CONSULTAS_CLAIM_ROL: z.string().default('cognito:groups'),
  CONSULTAS_CLAIM_TIENDAS: z.string().default('custom:tiendas'),
});

/** How the Lambda reaches its database, and whom it answers. */
export interface ConsultasConfig {
  readonly dbSecretArn: string;
  readonly databaseCa: string;
  readonly access: AccessRules;
}

/**
 * The Lambda's configuration.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readConsultasConfig(env: Env = process.env): ConsultasConfig {
  const [parsed, databaseCa] = collectProblems(
    () => parseEnv(ConsultasEnvSchema, env),
    () => readLambdaCa(env),
  );
  return {
    dbSecretArn: parsed.CONSULTAS_DB_SECRET_ARN,
    databaseCa,
    access: {
      issuer: parsed.CONSULTAS_ISSUER,
      audience: parsed.CONSULTAS_AUDIENCE,
      claimRol: parsed.CONSULTAS_CLAIM_ROL,
      claimTiendas: parsed.CONSULTAS_CLAIM_TIENDAS,
    },
  };
}
