import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { rdsRootCas } from '../shared/rds-root-cas.ts';
import { describeIssues, EN_ESPANOL } from './issues.ts';
import { ConfiguracionInvalida } from './refusals.ts';
import { KlkSettingsSchema } from './settings.ts';
import type { KlkSettings } from './settings.ts';

/** Environment as read: names to texts. */
export type Env = Readonly<Record<string, string | undefined>>;

const requerido = z.string({ error: 'falta' });

const entero = (min: number, max: number, porDefecto: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'debe ser un número entero')
    .transform(Number)
    .pipe(z.number().min(min, `debe ser al menos ${min}`).max(max, `debe ser como mucho ${max}`))
    .optional()
    .transform((value) => value ?? porDefecto);

const siNo = (porDefecto: 'si' | 'no'): z.ZodType<boolean> =>
  z
    .enum(['si', 'no'], 'debe ser si o no')
    .default(porDefecto)
    .transform((value) => value === 'si');

const puerto = requerido
  .regex(/^\d{1,5}$/, 'debe ser un puerto')
  .transform(Number)
  .pipe(z.number().min(1, 'debe ser un puerto').max(65_535, 'debe ser un puerto'));

/** Limits that have sane defaults. Three at once is the sweet spot observed with the predecessor; more makes KLK slower. */
const TunablesSchema = z.object({
  KLK_TIMEOUT_MS: entero(100, 600_000, 30_000),
  KLK_TIMEOUT_CONEXION_MS: entero(100, 60_000, 5_000),
  KLK_REINTENTOS: entero(0, 10, 3),
  KLK_CONCURRENCIA: entero(1, 20, 3),
  KLK_MAX_BYTES: entero(1_000, 500_000_000, 64_000_000),
  KLK_ACEPTAR_SIN_META: siNo('no'),
});

const LambdaEnvSchema = TunablesSchema.extend({
  DB_SECRET_ARN: requerido,
  KLK_SECRET_ARN: requerido,
  KLK_PUERTO: puerto,
  DB_CA_ARCHIVO: z.string().optional(),
  AWS_REGION: requerido,
  ETL_MARGEN_MS: entero(1_000, 120_000, 10_000),
});

const EtlEnvSchema = TunablesSchema.extend({
  KLK_URL: requerido,
  KLK_HEADERS: z.string().optional(),
  TIENDAS_ARCHIVO: z.string().optional(),
  ETL_LIMITE_MS: entero(1_000, 3_600_000, 600_000),
});

const PostgresEnvSchema = z.object({
  POSTGRES_HOST: requerido,
  POSTGRES_PORT: puerto,
  POSTGRES_DB: requerido,
  POSTGRES_USER: requerido,
  POSTGRES_PASSWORD: requerido,
  POSTGRES_SSL: z.enum(['no', 'verificar'], 'debe ser no o verificar').optional(),
  DB_CA_ARCHIVO: z.string().optional(),
});

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

export interface LambdaConfig {
  readonly dbSecretArn: string;
  readonly klkSecretArn: string;
  readonly klkPuerto: number;
  readonly databaseCa: string;
  /** Kept back from the remaining time, so that the summary is always written. */
  readonly marginMs: number;
  readonly klkLimits: KlkLimits;
}

export interface EtlConfig {
  readonly klk: KlkSettings;
  readonly klkLimits: KlkLimits;
  readonly limitMs: number;
  readonly tiendasArchivo: string | undefined;
}

/**
 * The inventory Lambda's configuration.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readLambdaConfig(env: Env = process.env): LambdaConfig {
  const parsed = parseEnv(LambdaEnvSchema, env);
  return {
    dbSecretArn: parsed.DB_SECRET_ARN,
    klkSecretArn: parsed.KLK_SECRET_ARN,
    klkPuerto: parsed.KLK_PUERTO,
    databaseCa: readCa(parsed.DB_CA_ARCHIVO, parsed.AWS_REGION),
    marginMs: parsed.ETL_MARGEN_MS,
    klkLimits: toKlkLimits(parsed),
  };
}

/**
 * The command's configuration but for the database, which a dry run does not need.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readEtlConfig(env: Env = process.env): EtlConfig {
  const parsed = parseEnv(EtlEnvSchema, env);
  return {
    klk: parseKlkSettings(parsed.KLK_URL, parsed.KLK_HEADERS),
    klkLimits: toKlkLimits(parsed),
    limitMs: parsed.ETL_LIMITE_MS,
    tiendasArchivo: parsed.TIENDAS_ARCHIVO,
  };
}

/**
 * How the commands reach PostgreSQL, from the `POSTGRES_*` variables.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readPostgresConfig(env: Env = process.env): DatabaseSettings {
  const parsed = parseEnv(PostgresEnvSchema, env);
  const host = parsed.POSTGRES_HOST;
  const ssl = parsed.POSTGRES_SSL ?? (isLoopback(host) ? 'no' : 'verificar');
  return {
    host,
    port: parsed.POSTGRES_PORT,
    database: parsed.POSTGRES_DB,
    user: parsed.POSTGRES_USER,
    password: parsed.POSTGRES_PASSWORD,
    tls: ssl === 'no' ? false : { ca: readCa(parsed.DB_CA_ARCHIVO, rdsRegion(host)) },
  };
}

function parseEnv<T>(schema: z.ZodType<T>, env: Env): T {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = schema.safeParse(present, EN_ESPANOL);
  if (!parsed.success) throw new ConfiguracionInvalida(describeIssues(parsed.error));
  return parsed.data;
}

function toKlkLimits(parsed: z.infer<typeof TunablesSchema>): KlkLimits {
  return {
    timeoutMs: parsed.KLK_TIMEOUT_MS,
    connectTimeoutMs: parsed.KLK_TIMEOUT_CONEXION_MS,
    retries: parsed.KLK_REINTENTOS,
    concurrency: parsed.KLK_CONCURRENCIA,
    maxBytes: parsed.KLK_MAX_BYTES,
    acceptBareList: parsed.KLK_ACEPTAR_SIN_META,
  };
}

function parseKlkSettings(baseUrl: string, headersJson: string | undefined): KlkSettings {
  let headers: unknown;
  try {
    headers = headersJson === undefined ? undefined : JSON.parse(headersJson);
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    throw new ConfiguracionInvalida(['KLK_HEADERS: no es JSON']);
  }
  const parsed = KlkSettingsSchema.safeParse({ baseUrl, headers }, EN_ESPANOL);
  if (parsed.success) return parsed.data;
  const problemas = describeIssues(parsed.error);
  throw new ConfiguracionInvalida(
    problemas.map((problema) => problema.replace(/^baseUrl/, 'KLK_URL').replace(/^headers/, 'KLK_HEADERS')),
  );
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

/** The region in an RDS host name, such as `base.abc123.us-east-1.rds.amazonaws.com`. */
const rdsRegion = (host: string): string | undefined =>
  /\.([a-z0-9-]+)\.rds\.amazonaws\.com$/.exec(host)?.[1];

function readCa(archivo: string | undefined, region: string | undefined): string {
  if (archivo === undefined) {
    const ca = region === undefined ? '' : rdsRootCas(region);
    if (ca === '') {
      throw new ConfiguracionInvalida([
        `DB_CA_ARCHIVO: falta; no hay autoridades de RDS para ${region ?? 'un servidor que no es de RDS'}`,
      ]);
    }
    return ca;
  }
  const ca = readTextFile('DB_CA_ARCHIVO', archivo);
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ConfiguracionInvalida([`DB_CA_ARCHIVO: ${archivo} no contiene ningún certificado PEM`]);
  }
  return ca;
}

/**
 * The text of a file named by a variable.
 * @throws ConfiguracionInvalida when it cannot be read.
 */
export function readTextFile(variable: string, archivo: string): string {
  try {
    return readFileSync(archivo, 'utf8');
  } catch (error) {
    throw new ConfiguracionInvalida([`${variable}: no se puede leer ${archivo} (${String(error)})`]);
  }
}
