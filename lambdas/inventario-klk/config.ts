import type { z } from 'zod';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { rdsRegion, readCa } from './database-ca.ts';
import {
  CommandEnvSchema,
  EtlUserEnvSchema,
  KlkEnvSchema,
  LambdaCaEnvSchema,
  LambdaEnvSchema,
  LambdaPlaceEnvSchema,
  PostgresEnvSchema,
  PostgresTlsEnvSchema,
  RetentionEnvSchema,
} from './env-schemas.ts';
import { describeIssues, EN_ESPANOL } from './issues.ts';
import { ConfiguracionInvalida } from './refusals.ts';
import type { Place } from './remedy.ts';
import type { KlkSettings } from './settings.ts';
import { toTunables } from './tunables.ts';
import { describeUnknownVariables } from './unknown-variables.ts';
import type { Tunables } from './tunables.ts';

/** Environment as read: names to texts. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface LambdaConfig {
  readonly dbSecretArn: string;
  readonly klkSecretArn: string;
  readonly klkPuerto: number;
  readonly databaseCa: string;
  /** Kept back from the remaining time, so that the summary is always written. */
  readonly marginMs: number;
  readonly tunables: Tunables;
}

/** What every command reads, whatever systems it needs. */
export interface CommandConfig {
  readonly tunables: Tunables;
  readonly tiendasArchivo: string | undefined;
}

interface KlkConfig extends CommandConfig {
  readonly klk: KlkSettings;
  readonly limitMs: number;
}

export interface EtlConfig extends KlkConfig {
  readonly readDatabaseSettings: () => Promise<DatabaseSettings>;
}

export interface MigrateConfig {
  readonly database: DatabaseSettings;
  readonly etlUser: { readonly user: string; readonly password: string } | undefined;
  /** Months of history to keep; undefined keeps all. */
  readonly conservarMeses: number | undefined;
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

/**
 * The configuration of a run by command. A dry run needs no database, and reads none of its variables.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readEtlConfig(dryRun: boolean, env: Env = process.env): EtlConfig {
  const [klk, database] = collectProblems(
    () => readKlkConfig(env),
    () => (dryRun ? undefined : readPostgresConfig(env)),
  );
  return {
    ...klk,
    readDatabaseSettings: () =>
      database === undefined
        ? Promise.reject(new Error('a dry run reads no database'))
        : Promise.resolve(database),
  };
}

/**
 * The migration command's configuration: who may do DDL, and the pipeline's own user if both its variables are given.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readMigrateConfig(env: Env = process.env): MigrateConfig {
  const [database, etl] = collectProblems(
    () => readPostgresConfig(env),
    () => parseEnv(RetentionEnvSchema.and(EtlUserEnvSchema), env),
  );
  const {
    POSTGRES_ETL_USER: user,
    POSTGRES_ETL_PASSWORD: password,
    ETL_RETENCION_MESES: conservarMeses,
  } = etl;
  if (user === database.user) {
    throw new ConfiguracionInvalida(['POSTGRES_ETL_USER: es el mismo usuario que migra, POSTGRES_USER']);
  }
  return {
    database,
    etlUser: user === undefined || password === undefined ? undefined : { user, password },
    conservarMeses,
  };
}

/**
 * The part of the configuration that no system belongs to.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readCommandConfig(env: Env = process.env): CommandConfig {
  return toCommandConfig(parseEnv(CommandEnvSchema, env));
}

/**
 * The configuration of a command that asks KLK.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readKlkConfig(env: Env = process.env): KlkConfig {
  const parsed = parseEnv(KlkEnvSchema, env);
  return {
    ...toCommandConfig(parsed),
    klk: { baseUrl: parsed.KLK_URL, headers: parsed.KLK_HEADERS ?? {} },
    limitMs: parsed.ETL_LIMITE_MS,
  };
}

const toCommandConfig = (parsed: z.infer<typeof CommandEnvSchema>): CommandConfig => ({
  tunables: toTunables(parsed),
  tiendasArchivo: parsed.TIENDAS_ARCHIVO,
});

/** The authorities of a Lambda's database. */
export function readLambdaCa(env: Env): string {
  const { AWS_REGION: region, DB_CA_ARCHIVO: archivo } = parseEnv(LambdaCaEnvSchema, env);
  return readCa(archivo, region);
}

/** Warns of variables that nobody reads. They are no reason to refuse anything. */
export function warnOfUnknownVariables(warn: (motivo: string) => void, env: Env = process.env): void {
  describeUnknownVariables(env).forEach(warn);
}

/** Where the reader of the handler's errors is: at the Lambda, or before `npm run local`, which calls it outside of Lambda. */
export function readPlace(env: Env = process.env): Place {
  const { AWS_REGION: region, AWS_LAMBDA_FUNCTION_NAME: functionName } = parseEnv(LambdaPlaceEnvSchema, env);
  return functionName === undefined || region === undefined ? { program: 'local' } : { region, functionName };
}

/**
 * The database of a command.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readPostgresConfig(env: Env = process.env): DatabaseSettings {
  const [parsed, tls] = collectProblems(
    () => parseEnv(PostgresEnvSchema, env),
    () => readPostgresTls(env),
  );
  return {
    host: parsed.POSTGRES_HOST,
    port: parsed.POSTGRES_PORT,
    database: parsed.POSTGRES_DB,
    user: parsed.POSTGRES_USER,
    password: parsed.POSTGRES_PASSWORD,
    tls,
  };
}

/** Without a host, which is a problem told elsewhere, nobody can say whether TLS is needed. */
function readPostgresTls(env: Env): DatabaseSettings['tls'] {
  const parsed = parseEnv(PostgresTlsEnvSchema, env);
  const host = parsed.POSTGRES_HOST;
  if (host === undefined || (parsed.POSTGRES_SSL ?? (isLoopback(host) ? 'no' : 'verificar')) === 'no') {
    return false;
  }
  return { ca: readCa(parsed.DB_CA_ARCHIVO, rdsRegion(host)) };
}

/** Reads both, so that the problems of both are told at once. */
export function collectProblems<A, B>(readA: () => A, readB: () => B): readonly [A, B] {
  const problemas: string[] = [];
  const attempt = <T>(read: () => T): { readonly value: T } | undefined => {
    try {
      return { value: read() };
    } catch (error) {
      if (!(error instanceof ConfiguracionInvalida)) throw error;
      problemas.push(...error.problemas);
      return undefined;
    }
  };
  const [a, b] = [attempt(readA), attempt(readB)];
  if (a === undefined || b === undefined) throw new ConfiguracionInvalida(problemas);
  return [a.value, b.value];
}

/**
 * An environment by schema; what is blank counts as missing.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function parseEnv<T>(schema: z.ZodType<T>, env: Env): T {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = schema.safeParse(present, EN_ESPANOL);
  if (!parsed.success) throw new ConfiguracionInvalida(describeIssues(parsed.error));
  return parsed.data;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
