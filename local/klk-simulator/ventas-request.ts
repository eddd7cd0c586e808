import { z } from 'zod';
import { parseJson } from './parse-json.ts';

const hora = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/);
// KLK repeats a filter that was not asked for as a blank text, and reads a blank text as no filter.
const filtro = z.string().default('');

const schema = z
  .object({
    sucursal: z.string().min(1),
    fecha_desde: z.iso.date(),
    fecha_hasta: z.iso.date(),
    hora_desde: hora.optional(),
    hora_hasta: hora.optional(),
    almacen: filtro,
    CodArticulo: filtro,
  })
  .refine(({ fecha_desde, fecha_hasta }) => fecha_desde <= fecha_hasta);

/** What `POST /ventas` is asked for, exactly as KLK spells it. The hours filter each day. */
export type VentasRequest = z.infer<typeof schema>;

/** The request in a body; undefined when it is not valid. */
export function readVentasRequest(body: string): VentasRequest | undefined {
  const pedido = schema.safeParse(parseJson(body));
  return pedido.success ? pedido.data : undefined;
}
