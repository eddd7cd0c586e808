import { z } from '@hono/zod-openapi';
import { toWords } from '../search-words.ts';
import { AnswerHeaderSchema, idsOfSelling, readFrescuraOf, toCobertura } from '../answer-header.ts';
import { ARTICULO_COLUMNS } from '../csv.ts';
import { defineEndpoint, tiendaParameter } from '../endpoint.ts';
import { beginRows, DE_VENTAS, EN_ALMACEN } from '../rows.ts';
import { sumOtras, toOtras } from '../stock-elsewhere.ts';
import { missingDays, readCoberturaReciente } from '../queries/read-cobertura.ts';
import { readExistencias } from '../queries/read-existencias.ts';
import { Decimal, Momento, OtrasSchema, Text, Unidad } from '../schemas.ts';

const RowSchema = z
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
    ...DE_VENTAS,
  })
  .openapi('Existencia');

const AnswerSchema = AnswerHeaderSchema.extend({
  filas: z.array(RowSchema),
  siguiente: z.string().nullable(),
}).openapi('Existencias');

const CursorSchema = z.tuple([Decimal.nullable(), z.string().nullable(), z.string(), z.string()]);

/** The stock, by article and warehouse. */
export const existencias = defineEndpoint({
  path: '/existencias',
  summary: 'Qué hay, desde cuándo, a qué precio, cuánto se vende y cuánto dura',
  description:
    'Una fila por artículo y almacén. `desde`: desde cuándo la existencia es esta. `ventas7` y `ventas28`: lo vendido en la tienda en los 7 y 28 días completos que terminan ayer, en unidades o en kilos. `diasCobertura`: existencia entre la venta diaria de esos 28 días; una existencia negativa cuenta como cero; null si no se vendió nada. `otras`: lo que hay en los demás almacenes. `incompleto`: alguno de los 28 días no se ha leído entero o falló. `q` busca todas sus palabras en nombre, código y código de barras.',
  parameters: {
    tienda: tiendaParameter,
    q: Text.optional().meta({ description: 'palabras del nombre, el código o el código de barras' }),
    estado: z.enum(['con', 'agotado', 'negativo', 'sin-ventas']).optional(),
    categoria: Text.optional(),
    marca: Text.optional(),
    orden: z
      .enum(['codigo', 'nombre', 'cantidad', '-cantidad', 'cobertura', '-cobertura', '-ventas'])
      .optional()
      .meta({ description: '`codigo` si no se dice' }),
  },
  cursor: CursorSchema,
  answerSchema: AnswerSchema,
  csv: {
    name: 'existencias',
    rows: ({ filas }) => filas,
    columns: [
      ...ARTICULO_COLUMNS,
      { title: 'Existencia', value: ({ cantidad }) => cantidad },
      { title: 'Unidad', value: ({ unidad }) => unidad },
      { title: 'Desde', value: ({ desde }) => desde },
      { title: 'Precio USD', value: ({ precioUsd }) => precioUsd },
      { title: 'IVA %', value: ({ iva }) => iva },
      { title: 'Ventas 7 días', value: ({ ventas7 }) => ventas7 },
      { title: 'Ventas 28 días', value: ({ ventas28 }) => ventas28 },
      { title: 'Días de cobertura', value: ({ diasCobertura }) => diasCobertura },
      { title: 'En otros almacenes', value: ({ otras }) => sumOtras(otras) },
      { title: 'Incompleto', value: ({ incompleto }) => incompleto },
    ],
  },
  answer: async ({ client, instantanea, parameters, tiendas, todas, hoy, limit, after, paginate }) => {
    const { q = '', estado, categoria, marca, orden = 'codigo' } = parameters;
    const [numero = null, texto = null, codigo = '', almacen = ''] = after ?? [];
    const [frescura, cobertura, leidas] = await Promise.all([
      readFrescuraOf(client, instantanea, tiendas),
      readCoberturaReciente(client, instantanea, idsOfSelling(tiendas), hoy),
      readExistencias(client, {
        hoy,
        tiendas: tiendas.map(({ id }) => id),
        words: toWords(q),
        estado,
        categoria,
        marca,
        orden,
        after: after === undefined ? undefined : { numero, texto, codigo, almacen },
        limit,
      }),
    ]);
    const { filas, siguiente } = paginate(leidas, (fila) => [
      fila.numero,
      fila.texto,
      fila.codigo,
      fila.almacen,
    ]);
    const begin = beginRows(todas);
    const faltan = missingDays(cobertura);
    return {
      ...frescura,
      cobertura: toCobertura(cobertura),
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
        incompleto: faltan.has(fila.tienda),
      })),
      siguiente,
    };
  },
});
