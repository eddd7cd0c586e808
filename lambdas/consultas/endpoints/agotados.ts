import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import { AnswerHeaderSchema, idsOfSelling, readFrescuraOf, toCobertura } from '../answer-header.ts';
import { ARTICULO_COLUMNS } from '../csv.ts';
import { defineEndpoint, tiendaParameter, PRIMER_DIA } from '../endpoint.ts';
import { beginRows, DE_VENTAS, EN_ALMACEN } from '../rows.ts';
import { sumOtras, toOtras } from '../stock-elsewhere.ts';
import { readAgotados } from '../queries/read-agotados.ts';
import { DIAS_DE_VENTAS, missingDays, readCobertura } from '../queries/read-cobertura.ts';
import { Decimal, Dia, Momento, OtrasSchema, Unidad } from '../schemas.ts';

const RowSchema = z
  .strictObject({
    ...EN_ALMACEN,
    cantidad: z.number(),
    desde: Momento,
    desdeConocido: z.boolean(),
    horas: z.number(),
    ventaDiaria: z.number(),
    unidadesNoVendidas: z.number(),
    usdNoVendidos: z.number(),
    ultimoPrecioUsd: z.number(),
    ultimaVenta: Dia,
    unidad: Unidad,
    otras: OtrasSchema,
    ...DE_VENTAS,
  })
  .openapi('Agotado');

const AnswerSchema = AnswerHeaderSchema.extend({
  total: z.strictObject({ articulos: z.number(), usdNoVendidos: z.number(), ...DE_VENTAS }),
  filas: z.array(RowSchema),
  siguiente: z.string().nullable(),
}).openapi('Agotados');

/** Digits after the second. PostgreSQL refuses a moment with many more. */
const MICROSECONDS = 6;

const CursorSchema = z.tuple([
  z.iso.datetime({ precision: MICROSECONDS }).refine((momento) => momento >= PRIMER_DIA),
  Decimal,
  z.string(),
  z.string(),
]);

/** Articles that sell and are out of stock. */
export const agotados = defineEndpoint({
  path: '/agotados',
  summary: 'Qué se vende y no hay, desde cuándo, y cuánto se dejó de vender',
  description:
    'Los artículos en cero o menos en todos los almacenes de su tienda que se agotaron en los últimos 60 días y se vendieron en los 28 días completos anteriores a `desde`, el momento en que la existencia dejó de ser mayor que cero según los inventarios aceptados; de varios almacenes cuenta el último que se agotó. Con `desdeConocido` false llegó o volvió así al inventario, y puede faltar desde antes. `horas`: de `desde` al último inventario del almacén. `ventaDiaria`: lo vendido en esos 28 días entre 28. `unidadesNoVendidas`: `ventaDiaria` por `horas` entre 24; en USD, al precio de su último día de ventas. `incompleto`: alguno de esos 28 días no se ha leído entero o falló. `total` es el de todas las páginas.',
  parameters: { tienda: tiendaParameter },
  cursor: CursorSchema,
  answerSchema: AnswerSchema,
  csv: {
    name: 'agotados',
    rows: ({ filas }) => filas,
    columns: [
      ...ARTICULO_COLUMNS,
      { title: 'Existencia', value: ({ cantidad }) => cantidad },
      { title: 'Agotado desde', value: ({ desde }) => desde },
      { title: 'Se sabe desde cuándo', value: ({ desdeConocido }) => desdeConocido },
      { title: 'Horas', value: ({ horas }) => horas },
      { title: 'Venta diaria', value: ({ ventaDiaria }) => ventaDiaria },
      { title: 'Unidad', value: ({ unidad }) => unidad },
      { title: 'No vendido', value: ({ unidadesNoVendidas }) => unidadesNoVendidas },
      { title: 'USD no vendidos', value: ({ usdNoVendidos }) => usdNoVendidos },
      { title: 'Último precio USD', value: ({ ultimoPrecioUsd }) => ultimoPrecioUsd },
      { title: 'Última venta', value: ({ ultimaVenta }) => ultimaVenta },
      { title: 'En otros almacenes', value: ({ otras }) => sumOtras(otras) },
      { title: 'Incompleto', value: ({ incompleto }) => incompleto },
    ],
  },
  answer: async ({ client, instantanea, tiendas, todas, hoy, limit, after, paginate }) => {
    const [momento = '', usd = '', codigo = '', almacen = ''] = after ?? [];
    const leidos = await readAgotados(client, {
      hoy,
      tiendas: tiendas.map(({ id }) => id),
      after: after === undefined ? undefined : { momento, usd, codigo, almacen },
      limit,
    });
    const [frescura, cobertura] = await Promise.all([
      readFrescuraOf(client, instantanea, tiendas),
      readCobertura(client, idsOfSelling(tiendas), {
        desde: leidos.primerDia ?? addDias(hoy, -DIAS_DE_VENTAS),
        hasta: addDias(hoy, -1),
        hoy,
      }),
    ]);
    const { filas, siguiente } = paginate(leidos.filas, (fila) => [
      leidos.momento ?? '',
      fila.usd,
      fila.codigo,
      fila.almacen,
    ]);
    const begin = beginRows(todas);
    const faltan = missingDays(cobertura);
    return {
      ...frescura,
      cobertura: toCobertura(cobertura),
      total: {
        articulos: leidos.articulos,
        usdNoVendidos: leidos.usdNoVendidos,
        incompleto: !cobertura.completa,
      },
      filas: filas.map((fila) => ({
        ...begin(fila),
        cantidad: fila.cantidad,
        desde: fila.desde,
        desdeConocido: fila.desdeConocido,
        horas: fila.horas,
        ventaDiaria: fila.ventaDiaria,
        unidadesNoVendidas: fila.unidadesNoVendidas,
        usdNoVendidos: fila.usdNoVendidos,
        ultimoPrecioUsd: fila.ultimoPrecioUsd,
        ultimaVenta: fila.ultimaVenta,
        unidad: fila.unidad,
        otras: toOtras(fila.lugares, fila.almacen),
        incompleto: (faltan.get(fila.tienda) ?? []).some((dia) => isCounted(dia, fila.desde)),
      })),
      siguiente,
    };
  },
});

/** Whether a day is one of those whose sales tell what an article sells that ran out at `desde`, ISO in Caracas. */
function isCounted(dia: string, desde: string): boolean {
  const agotado = desde.slice(0, 'AAAA-MM-DD'.length);
  return dia < agotado && dia >= addDias(agotado, -DIAS_DE_VENTAS);
}
