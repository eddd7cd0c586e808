import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint.ts';
import { TiendaSchema } from '../schemas.ts';

const AnswerSchema = z
  .strictObject({
    rol: z.enum(['comprador', 'gerente']),
    tiendas: z.array(TiendaSchema),
    nombres: z.array(TiendaSchema),
  })
  .openapi('Sesion');

/** Who asks, which stores he may see, and the names of all stores: stock elsewhere is shown of stores that a manager may not see. */
export const sesion = defineEndpoint({
  path: '/sesion',
  summary: 'Quién pregunta y qué tiendas puede ver',
  description:
    'Las tiendas van por nombre. Un comprador ve todas; un gerente, las suyas. `nombres` las tiene todas, para decir dónde más hay.',
  parameters: {},
  answerSchema: AnswerSchema,
  answer: ({ acceso, tiendas, todas }) =>
    Promise.resolve({ rol: acceso.rol, tiendas: tiendas.map(toTienda), nombres: todas.map(toTienda) }),
});

const toTienda = ({ id, nombre }: z.infer<typeof TiendaSchema>): z.infer<typeof TiendaSchema> => ({
  id,
  nombre,
});
