import { z } from '@hono/zod-openapi';
import { defineEndpoint } from '../endpoint.ts';
import { TiendaSchema } from '../schemas.ts';

const RespuestaSchema = z
  .strictObject({ rol: z.enum(['comprador', 'gerente']), tiendas: z.array(TiendaSchema) })
  .openapi('Sesion');

/** Who asks, and which stores he may choose. */
export const sesion = defineEndpoint({
  ruta: '/sesion',
  resumen: 'Quién pregunta y qué tiendas puede ver',
  descripcion: 'Las tiendas van por nombre. Un comprador ve todas; un gerente, las suyas.',
  parametros: {},
  respuesta: RespuestaSchema,
  answer: ({ acceso, tiendas }) =>
    Promise.resolve({ rol: acceso.rol, tiendas: tiendas.map(({ id, nombre }) => ({ id, nombre })) }),
});
