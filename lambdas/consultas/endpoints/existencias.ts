import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import { toPalabras } from '../busqueda.ts';
import { readEncabezado, EncabezadoSchema } from '../cobertura.ts';
import { COLUMNAS_DE_ARTICULO } from '../csv.ts';
import { defineEndpoint, parametroTienda } from '../endpoint.ts';
import { beginRows, EN_ALMACEN } from '../filas.ts';
import { sumOtras, toOtras } from '../otras.ts';
import { readExistencias } from '../queries/read-existencias.ts';
import { Decimal, Momento, OtrasSchema, Texto, Unidad } from '../schemas.ts';

const FilaSchema = z
  .strictObject({
    ...EN_ALMACEN,
    cantidad: z.number(),
    desde: Momento,
    precioUsd: z.number().nullable(),
    iva: z.number().nullable(),
    ventas7: z.number(),
    ventas28: z.number(),
    unidad: Unidad,
    diasCobertura: z.number().nullable(),
    otras: OtrasSchema,
  })
  .openapi('Existencia');

const RespuestaSchema = EncabezadoSchema.extend({
  filas: z.array(FilaSchema),
  siguiente: z.string().nullable(),
}).openapi('Existencias');

const CursorSchema = z.tuple([Decimal.nullable(), z.string().nullable(), z.string(), z.string()]);

/** The days of sales that the rows count: the last of them is yesterday. */
export const DIAS_DE_VENTAS = 28;

/** What is there, article by article. */
export const existencias = defineEndpoint({
  ruta: '/existencias',
  resumen: 'Qué hay, desde cuándo, a qué precio, cuánto se vende y cuánto dura',
  descripcion:
    'Una fila por artículo y almacén. `desde`: desde cuándo la existencia es esta. `ventas7` y `ventas28`: lo vendido en la tienda en los 7 y 28 días completos que terminan ayer, en unidades o en kilos. `diasCobertura`: existencia entre la venta diaria de esos 28 días; una existencia negativa cuenta como cero; null si no se vendió nada. `otras`: lo que hay en los demás almacenes. `q` busca todas sus palabras en nombre, código y código de barras.',
  parametros: {
    tienda: parametroTienda,
    q: Texto.optional().meta({ description: 'palabras del nombre, el código o el código de barras' }),
    estado: z.enum(['con', 'agotado', 'negativo', 'sin-ventas']).optional(),
    categoria: Texto.optional(),
    marca: Texto.optional(),
    orden: z
      .enum(['codigo', 'nombre', 'cantidad', '-cantidad', 'cobertura', '-cobertura', '-ventas'])
      .optional()
      .meta({ description: '`codigo` si no se dice' }),
  },
  cursor: CursorSchema,
  respuesta: RespuestaSchema,
  csv: {
    nombre: 'existencias',
    filas: ({ filas }) => filas,
    columnas: [
      ...COLUMNAS_DE_ARTICULO,
      { titulo: 'Existencia', valor: ({ cantidad }) => cantidad },
      { titulo: 'Unidad', valor: ({ unidad }) => unidad },
      { titulo: 'Desde', valor: ({ desde }) => desde },
      { titulo: 'Precio USD', valor: ({ precioUsd }) => precioUsd },
      { titulo: 'IVA %', valor: ({ iva }) => iva },
      { titulo: 'Ventas 7 días', valor: ({ ventas7 }) => ventas7 },
      { titulo: 'Ventas 28 días', valor: ({ ventas28 }) => ventas28 },
      { titulo: 'Días de cobertura', valor: ({ diasCobertura }) => diasCobertura },
      { titulo: 'En otros almacenes', valor: ({ otras }) => sumOtras(otras) },
    ],
  },
  answer: async ({ client, parametros, tiendas, todas, hoy, limite, despuesDe, paginar }) => {
    const { q = '', estado, categoria, marca, orden = 'codigo' } = parametros;
    const [numero = null, texto = null, codigo = '', almacen = ''] = despuesDe ?? [];
    const [encabezado, leidas] = await Promise.all([
      readEncabezado(client, tiendas, hoy, { desde: addDias(hoy, -DIAS_DE_VENTAS), hasta: addDias(hoy, -1) }),
      readExistencias(client, {
        hoy,
        tiendas: tiendas.map(({ id }) => id),
        palabras: toPalabras(q),
        estado,
        categoria,
        marca,
        orden,
        despuesDe: despuesDe === undefined ? undefined : { numero, texto, codigo, almacen },
        limite,
      }),
    ]);
    const { filas, siguiente } = paginar(leidas, (fila) => [
      fila.numero,
      fila.texto,
      fila.codigo,
      fila.almacen,
    ]);
    const begin = beginRows(todas);
    return {
      ...encabezado,
      filas: filas.map((fila) => ({
        ...begin(fila),
        cantidad: fila.cantidad,
        desde: fila.desde,
        precioUsd: fila.precioUsd,
        iva: fila.iva,
        ventas7: fila.ventas7,
        ventas28: fila.ventas28,
        unidad: fila.unidad,
        diasCobertura: fila.diasCobertura,
        otras: toOtras(fila.lugares, fila.almacen),
      })),
      siguiente,
    };
  },
});
