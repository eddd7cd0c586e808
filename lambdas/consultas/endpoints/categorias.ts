import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint.ts';
import { readCategorias } from '../queries/read-categorias.ts';

const AnswerSchema = z
  .strictObject({ filas: z.array(z.strictObject({ nombre: z.string(), articulos: z.int() })) })
  .openapi('Categorias');

/** The categories that can be asked for. */
export const categorias = defineEndpoint({
  path: '/categorias',
  summary: 'Las categorías por las que se puede filtrar',
  description: 'Por nombre, cada una con cuántos artículos activos tiene en toda la cadena.',
  parameters: {},
  answerSchema: AnswerSchema,
  answer: async ({ client }) => ({ filas: await readCategorias(client) }),
});
