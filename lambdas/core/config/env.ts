import { z } from 'zod';
import { ConfiguracionInvalida, describeIssues, EN_ESPANOL } from '../errors/invalid.ts';
import { isDia } from '../time/dia.ts';

/** Environment as read: names to texts. */
export type Env = Readonly<Record<string, string | undefined>>;

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

/** Reads both, so that one error lists the problems of both. */
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

// The forms of a variable's text.

export const requerido = z.string({ error: 'falta' });

export const entero = (min: number, max: number, porDefecto: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'debe ser un número entero')
    .transform(Number)
    .pipe(z.number().min(min, `debe ser al menos ${min}`).max(max, `debe ser como mucho ${max}`))
    .optional()
    .transform((value) => value ?? porDefecto);

/** A percentage as written, as a share of 1. */
export const porcentaje = (porDefecto: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,3}(\.\d{1,3})?$/, 'debe ser un porcentaje')
    .transform(Number)
    .pipe(z.number().max(100, 'debe ser como mucho 100'))
    .optional()
    .transform((value) => (value ?? porDefecto) / 100);

export const siNo = (porDefecto: 'si' | 'no'): z.ZodType<boolean> =>
  z
    .enum(['si', 'no'], 'debe ser si o no')
    .default(porDefecto)
    .transform((value) => value === 'si');

export const puerto = requerido
  .regex(/^\d{1,5}$/, 'debe ser un puerto')
  .transform(Number)
  .pipe(z.number().min(1, 'debe ser un puerto').max(65_535, 'debe ser un puerto'));

export const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    context.addIssue({ code: 'custom', message: 'no es JSON' });
    return z.NEVER;
  }
});

/** The first day whose sales are wanted. Each month from there on gets a partition, so that a slip of the year must not pass. */
export const ventasDesde = z
  .string()
  .refine(isDia, { error: 'debe ser un día del calendario, AAAA-MM-DD', abort: true })
  .refine((dia) => dia >= '2020-01-01', 'debe ser 2020-01-01 o después')
  .optional();
