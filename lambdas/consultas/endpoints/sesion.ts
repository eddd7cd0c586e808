import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint.ts';
import { TiendaSchema } from '../schemas.ts';

const RespuestaSchema = z
  .strictObject({
    rol: z.enum(['comprador', 'gerente']),
    tiendas: z.array(TiendaSchema),
    nombres: z.array(TiendaSchema),
  })
  .openapi('Sesion');

/** Who asks, which stores he may choose, and what all are called: the stock elsewhere is of stores that a manager may not choose. */
export const sesion = defineEndpoint({
  ruta: '/sesion',
  resumen: 'Quién pregunta y qué tiendas puede ver',
  descripcion:
    'Las tiendas van por nombre. Un comprador ve todas; un gerente, las suyas. `nombres` las tiene todas, para decir dónde más hay.',
  parametros: {},
  respuesta: RespuestaSchema,
  answer: ({ acceso, tiendas, todas }) =>
    Promise.resolve({ rol: acceso.rol, tiendas: tiendas.map(toTienda), nombres: todas.map(toTienda) }),
});

const toTienda = ({ id, nombre }: z.infer<typeof TiendaSchema>): z.infer<typeof TiendaSchema> => ({
  id,
  nombre,
});
