import { z } from '@hono/zod-openapi';
import { MAX_CODIGO } from '../core/klk/texto.ts';
import { isDia } from '../core/time/dia.ts';

/** A day of the stores. */
export const Dia = z
  .string()
  .refine(isDia, 'debe ser un día del calendario, AAAA-MM-DD')
  .meta({ format: 'date', example: '2026-11-24' });

/** A moment by the clock of the stores. */
export const Momento = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}-04:00$/)
  .meta({ format: 'date-time', example: '2026-11-24T08:30:00-04:00' });

/** A store in a row. */
export const TiendaSchema = z.strictObject({ id: z.string(), nombre: z.string() }).openapi('Tienda');

/** An article in a row. */
export const ArticuloSchema = z
  .strictObject({
    codigo: z.string(),
    nombre: z.string(),
    categoria: z.string(),
    marca: z.string().nullable(),
  })
  .openapi('Articulo');

/** Code, name, category and brand of an article. */
export type Articulo = z.infer<typeof ArticuloSchema>;

const MAX_TEXT = 100;

const textUpTo = (max: number): z.ZodString =>
  z.string().regex(/\S/, 'está vacío').max(max, `debe tener como mucho ${max} caracteres`);

/** The text of a parameter: not blank, and not long. */
export const Text = textUpTo(MAX_TEXT);

/** The code of an article, as long as the pipelines take it from KLK. */
export const Codigo = textUpTo(MAX_CODIGO);

/** A decimal as PostgreSQL writes it: the sort value in a cursor. */
export const Decimal = z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/);

/** The unit in which an article is counted. */
export const Unidad = z.enum(['und', 'kg', 'mixto']);
export type Unidad = z.infer<typeof Unidad>;

/** The stock elsewhere, by store. */
export const OtrasSchema = z.array(z.strictObject({ tienda: z.string(), cantidad: z.number() }));
