import { z } from 'zod';
import { EtlPasswordSchema, EtlUserNameSchema } from '../shared/etl-user.ts';
import { CONCURRENCIA_POR_DEFECTO, MAX_BYTES_POR_DEFECTO } from './contract.ts';
import { BaseUrlSchema, HeadersSchema } from './settings.ts';

/** What each program reads from its environment, and the defaults; the README's table lists them all. */

const requerido = z.string({ error: 'falta' });

const entero = (min: number, max: number, porDefecto: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'debe ser un número entero')
    .transform(Number)
    .pipe(z.number().min(min, `debe ser al menos ${min}`).max(max, `debe ser como mucho ${max}`))
    .optional()
    .transform((value) => value ?? porDefecto);

/** A percentage as written, as a share of 1. */
const porcentaje = (porDefecto: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,3}(\.\d{1,3})?$/, 'debe ser un porcentaje')
    .transform(Number)
    .pipe(z.number().max(100, 'debe ser como mucho 100'))
    .optional()
    .transform((value) => (value ?? porDefecto) / 100);

const siNo = (porDefecto: 'si' | 'no'): z.ZodType<boolean> =>
  z
    .enum(['si', 'no'], 'debe ser si o no')
    .default(porDefecto)
    .transform((value) => value === 'si');

const puerto = requerido
  .regex(/^\d{1,5}$/, 'debe ser un puerto')
  .transform(Number)
  .pipe(z.number().min(1, 'debe ser un puerto').max(65_535, 'debe ser un puerto'));

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    context.addIssue({ code: 'custom', message: 'no es JSON' });
    return z.NEVER;
  }
});

/** Limits that have sane defaults. Three at once is the sweet spot observed with the predecessor; more makes KLK slower. */
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

export const LambdaEnvSchema = TunablesSchema.extend({
  DB_SECRET_ARN: requerido,
  KLK_SECRET_ARN: requerido,
  KLK_PUERTO: puerto,
  ETL_MARGEN_MS: entero(6_000, 120_000, 10_000),
});

/** What every command reads, whatever systems it needs. */
export const CommandEnvSchema = TunablesSchema.extend({ TIENDAS_ARCHIVO: z.string().optional() });

/** Where the authorities of the Lambda's database are found: a file's, or those of RDS in its own region. */
export const LambdaCaEnvSchema = z.object({ AWS_REGION: requerido, DB_CA_ARCHIVO: z.string().optional() });

/** What Lambda says of itself. */
export const LambdaPlaceEnvSchema = z.object({
  AWS_REGION: z.string().optional(),
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
});

export const KlkEnvSchema = CommandEnvSchema.extend({
  KLK_URL: requerido.pipe(BaseUrlSchema),
  KLK_HEADERS: json.pipe(HeadersSchema).optional(),
  ETL_LIMITE_MS: entero(1_000, 3_600_000, 600_000),
});

export const PostgresEnvSchema = z.object({
  POSTGRES_HOST: requerido,
  POSTGRES_PORT: puerto,
  POSTGRES_DB: requerido,
  POSTGRES_USER: requerido,
  POSTGRES_PASSWORD: requerido,
});

export const PostgresTlsEnvSchema = z.object({
  POSTGRES_HOST: z.string().optional(),
  POSTGRES_SSL: z.enum(['no', 'verificar'], 'debe ser no o verificar').optional(),
  DB_CA_ARCHIVO: z.string().optional(),
});

/** Months of history to keep; without it, all of them. Read by whatever migrates, never by the pipeline. */
export const RetentionEnvSchema = z.object({
  ETL_RETENCION_MESES: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'debe ser un número de meses, 1 o más')
    .transform(Number)
    .optional(),
});

export const MigrationLambdaEnvSchema = RetentionEnvSchema.extend({
  DB_ADMIN_SECRET_ARN: requerido,
  DB_SECRET_ARN: requerido,
});

/** Tolerated because the predecessor read it; nothing of ours does. */
export const PredecessorEnvSchema = z.object({ DB_MODE: z.string().optional() });

export const EtlUserEnvSchema = z
  .object({
    POSTGRES_ETL_USER: EtlUserNameSchema.optional(),
    POSTGRES_ETL_PASSWORD: EtlPasswordSchema.optional(),
  })
  .refine(
    ({ POSTGRES_ETL_USER: user, POSTGRES_ETL_PASSWORD: password }) =>
      (user === undefined) === (password === undefined),
    'POSTGRES_ETL_USER y POSTGRES_ETL_PASSWORD van juntas',
  );
