import { z } from 'zod';
import { collectProblems, entero, json, parseEnv, puerto, requerido } from '../lambdas/core/config/env.ts';
import type { Env } from '../lambdas/core/config/env.ts';
import { ConfiguracionInvalida } from '../lambdas/core/errors/invalid.ts';
import { BaseUrlSchema, HeadersSchema } from '../lambdas/core/klk/settings.ts';
import type { KlkSettings } from '../lambdas/core/klk/settings.ts';
import { rdsRegion, readCa } from '../lambdas/core/postgres/ca.ts';
import { PasswordSchema, UserNameSchema } from '../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../lambdas/core/postgres/settings.ts';
import { toTunables, TunablesSchema } from '../lambdas/inventario-klk/config.ts';
import type { Tunables } from '../lambdas/inventario-klk/config.ts';
import { MaintenanceEnvSchema } from '../lambdas/migraciones/config.ts';
import type { DatabaseUser } from '../lambdas/migraciones/create-user.ts';
import {
  toTunables as toVentasTunables,
  TunablesSchema as VentasTunablesSchema,
} from '../lambdas/ventas-klk/config.ts';
import type { Tunables as VentasTunables } from '../lambdas/ventas-klk/config.ts';

/** The variables that every command reads. */
const CommandEnvSchema = TunablesSchema.extend(VentasTunablesSchema.shape).extend({
  TIENDAS_ARCHIVO: z.string().optional(),
});

const KlkEnvSchema = CommandEnvSchema.extend({
  KLK_URL: requerido.pipe(BaseUrlSchema),
  KLK_HEADERS: json.pipe(HeadersSchema).optional(),
  ETL_LIMITE_MS: entero(1_000, 3_600_000, 600_000),
});

const PostgresEnvSchema = z.object({
  POSTGRES_HOST: requerido,
  POSTGRES_PORT: puerto,
  POSTGRES_DB: requerido,
  POSTGRES_USER: requerido,
  POSTGRES_PASSWORD: requerido,
});

const PostgresTlsEnvSchema = z.object({
  POSTGRES_HOST: z.string().optional(),
  POSTGRES_SSL: z.enum(['no', 'verificar'], 'debe ser no o verificar').optional(),
  DB_CA_ARCHIVO: z.string().optional(),
});

const UsersEnvSchema = z
  .object({
    POSTGRES_ETL_USER: UserNameSchema.optional(),
    POSTGRES_ETL_PASSWORD: PasswordSchema.optional(),
    POSTGRES_CONSULTAS_USER: UserNameSchema.optional(),
    POSTGRES_CONSULTAS_PASSWORD: PasswordSchema.optional(),
  })
  .refine(
    ({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: password }) =>
      (user === undefined) === (password === undefined),
    'POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD van juntas',
  )
  .refine(
    ({ POSTGRES_CONSULTAS_USER: user, POSTGRES_CONSULTAS_PASSWORD: password }) =>
      (user === undefined) === (password === undefined),
    'POSTGRES_CONSULTAS_USER y POSTGRES_CONSULTAS_PASSWORD van juntas',
  );

/** What every command knows, whatever systems it needs. */
export interface CommandConfig {
  readonly tunables: Tunables;
  /** Those of the sales. */
  readonly ventas: VentasTunables;
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
  readonly etlUser: DatabaseUser | undefined;
  /** The read-only API's own user. */
  readonly consultasUser: DatabaseUser | undefined;
  /** Months of history to keep; undefined keeps all. */
  readonly conservarMeses: number | undefined;
  /** The first day whose sales are wanted, `YYYY-MM-DD`; undefined: a week ago. */
  readonly ventasDesde: string | undefined;
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
 * The migration command's configuration: who may do DDL, and the programs' own users, each if both its variables are given.
 * @throws ConfiguracionInvalida listing every problem.
 */
export function readMigrateConfig(env: Env = process.env): MigrateConfig {
  const [database, parsed] = collectProblems(
    () => readPostgresConfig(env),
    () => parseEnv(MaintenanceEnvSchema.and(UsersEnvSchema), env),
  );
  const etlUser = toUser(parsed.POSTGRES_ETL_USER, parsed.POSTGRES_ETL_PASSWORD);
  const consultasUser = toUser(parsed.POSTGRES_CONSULTAS_USER, parsed.POSTGRES_CONSULTAS_PASSWORD);
  refuseTwice([
    ['POSTGRES_USER', database.user, 'que migra'],
    ['POSTGRES_ETL_USER', etlUser?.user, 'del ETL'],
    ['POSTGRES_CONSULTAS_USER', consultasUser?.user, 'de las consultas'],
  ]);
  return {
    database,
    etlUser,
    consultasUser,
    conservarMeses: parsed.ETL_RETENCION_MESES,
    ventasDesde: parsed.ETL_VENTAS_DESDE,
  };
}

const toUser = (user: string | undefined, password: string | undefined): DatabaseUser | undefined =>
  user === undefined || password === undefined ? undefined : { user, password };

/** Each program needs a user of its own, because each has other rights. */
function refuseTwice(
  users: readonly (readonly [variable: string, user: string | undefined, whose: string])[],
): void {
  const problemas = users.flatMap(([variable, user], index) => {
    const other = users.slice(0, index).find(([, earlier]) => user !== undefined && earlier === user);
    return other === undefined ? [] : [`${variable}: es el mismo usuario ${other[2]}, ${other[0]}`];
  });
  if (problemas.length > 0) throw new ConfiguracionInvalida(problemas);
}

/**
 * The part of the configuration that concerns neither KLK nor PostgreSQL.
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
  ventas: toVentasTunables(parsed),
  tiendasArchivo: parsed.TIENDAS_ARCHIVO,
});

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

/** Without a host it is unknown whether TLS is needed; the missing host is reported elsewhere. */
function readPostgresTls(env: Env): DatabaseSettings['tls'] {
  const parsed = parseEnv(PostgresTlsEnvSchema, env);
  const host = parsed.POSTGRES_HOST;
  if (host === undefined || (parsed.POSTGRES_SSL ?? (isLoopback(host) ? 'no' : 'verificar')) === 'no') {
    return false;
  }
  return { ca: readCa(parsed.DB_CA_ARCHIVO, rdsRegion(host)) };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
