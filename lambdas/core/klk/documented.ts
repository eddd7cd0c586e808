import { z } from 'zod';
import { PipelineError } from '../errors/errors.ts';
import { excerpt } from '../errors/excerpt.ts';
import { refuseErrorAnswer } from './errors.ts';

/** How many rows `meta` announces: a number, or the same as text. */
export const AnnouncedSchema = z.union([
  z.int(),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);

/**
 * An answer in its documented form.
 * @throws PipelineError `KLK_ERROR`, or `KLK_CONTRATO` naming the fields that are wrong
 */
export function parseDocumented<T>(schema: z.ZodType<T>, json: unknown): T {
  refuseErrorAnswer(json);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.map(String).join('.') || 'raíz').join(', ');
  throw new PipelineError('KLK_CONTRATO', `La respuesta de KLK no tiene la forma documentada (${where})`);
}

/** Whether KLK leaves a field of `meta` without a value. */
export const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** A text of `meta`, short and safe to log; undefined for anything else. */
export const excerptOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? excerpt(value) : undefined;
