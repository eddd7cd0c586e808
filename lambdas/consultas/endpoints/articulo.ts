import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import {
  AnswerHeaderSchema,
  idsOfSelling,
  readFrescuraOf,
  sellingOf,
  toCobertura,
} from '../answer-header.ts';
import { defineEndpoint, tiendaParameter, readPeriodo } from '../endpoint.ts';
import { toCambiosDePrecio, toSteps } from '../steps.ts';
import { ProblemError } from '../problem.ts';
import {
  readArticulo,
  readArticuloMovimientos,
  readArticuloTiendas,
  readArticuloVentas,
  readArticuloVersiones,
} from '../queries/read-articulo.ts';
import type { ArticuloEnTienda } from '../queries/read-articulo.ts';
import {
  coberturaOf,
  DIAS_DE_VENTAS,
  missingDays,
  readCoberturaReciente,
} from '../queries/read-cobertura.ts';
import type { Tienda } from '../queries/read-tiendas.ts';
import { readUnidades } from '../queries/read-unidades.ts';
import { DE_VENTAS } from '../rows.ts';
import { ArticuloSchema, Codigo, Dia, Momento, TiendaSchema, Unidad } from '../schemas.ts';

const AnswerSchema = AnswerHeaderSchema.extend({
  articulo: ArticuloSchema.extend({
    codigoBarras: z.string().nullable(),
    presentacion: z.string().nullable(),
    unidad: Unidad,
  }),
  /** The store whose stock, sales, movements and prices these are. */
  tienda: TiendaSchema.nullable(),
  periodo: z.strictObject({ desde: Dia, hasta: Dia }),
  tiendas: z.array(
    z.strictObject({
      tienda: TiendaSchema,
      almacen: z.string(),
      cantidad: z.number(),
      /** This field and the following ones are null for a store that the user may not see. */
      desde: Momento.nullable(),
      /** Null where there is some, too. */
      sinExistencia: z.strictObject({ desde: Momento, desdeConocido: z.boolean() }).nullable(),
      precioUsd: z.number().nullable(),
      ventas28: z.number().nullable(),
      diasCobertura: z.number().nullable(),
      incompleto: DE_VENTAS.incompleto.nullable(),
    }),
  ),
  existencias: z.array(
    z.strictObject({
      almacen: z.string(),
      pasos: z.array(z.tuple([Momento, z.number().nullable()])),
    }),
  ),
  ventas: z.array(
    z.strictObject({
      dia: Dia,
      unidades: z.number(),
      kilos: z.number(),
      ventaUsd: z.number(),
      facturas: z.number(),
      estado: z.enum(['completo', 'provisional', 'falta', 'fallido']),
    }),
  ),
  movimientos: z.array(
    z.strictObject({ almacen: z.string(), desde: Momento, hasta: Momento, diferencia: z.number() }),
  ),
  precios: z.array(
    z.strictObject({
      fecha: Momento,
      almacen: z.string(),
      anterior: z.number().nullable(),
      nuevo: z.number().nullable(),
    }),
  ),
}).openapi('ArticuloEntero');

/** Everything about one article. */
export const articulo = defineEndpoint({
  path: '/articulos/{codigo}',
  summary: 'Un artículo: existencia, ventas, llegadas, faltantes y precios',
  description:
    'De la tienda pedida o, sin ella, de la primera de las suyas que lo tiene, en los días pedidos (los últimos 28 si no se dicen). `existencias`: desde qué momento hubo cuánto; null, que no estaba en el inventario. `movimientos`: por día, cambio de la existencia más lo vendido entre inventarios cuyas ventas están completas; positivo llegó, negativo falta. `precios`: los que cambiaron. `tiendas`: todas las que lo tienen; `desde`, desde cuándo la existencia es esta; `sinExistencia`, donde está en cero o menos, desde cuándo no hay, como en `/agotados`; `incompleto`, si alguno de los 28 días de `ventas28` no se ha leído entero o falló; de las que no son suyas, solo cuánto hay. `unidad`: en qué se cuenta, como en `/existencias`, por lo que vendieron todas las suyas. El CSV trae las ventas por día; un centro de distribución no tiene ninguna.',
  parameters: { codigo: Codigo, tienda: tiendaParameter, desde: Dia.optional(), hasta: Dia.optional() },
  answerSchema: AnswerSchema,
  csv: {
    name: 'articulo',
    rows: ({ ventas, articulo: { codigo, nombre }, tienda }) =>
      ventas.map((venta) => ({ ...venta, codigo, nombre, tienda: tienda?.nombre })),
    columns: [
      { title: 'Tienda', value: ({ tienda }) => tienda },
      { title: 'Código', value: ({ codigo }) => codigo },
      { title: 'Artículo', value: ({ nombre }) => nombre },
      { title: 'Día', value: ({ dia }) => dia },
      { title: 'Estado', value: ({ estado }) => estado },
      { title: 'Unidades', value: ({ unidades }) => unidades },
      { title: 'Kilos', value: ({ kilos }) => kilos },
      { title: 'Venta USD', value: ({ ventaUsd }) => ventaUsd },
      { title: 'Facturas', value: ({ facturas }) => facturas },
    ],
  },
  answer: async ({ client, instantanea, parameters, acceso, tiendas, todas, hoy }) => {
    const { codigo } = parameters;
    const periodo = readPeriodo(parameters, { desde: addDias(hoy, 1 - DIAS_DE_VENTAS), hasta: hoy }, hoy);
    // All stores of the user are shown in full, even if one was asked for.
    const propias = acceso.tiendas === 'todas' ? todas.map(({ id }) => id) : acceso.tiendas;
    const known = Promise.all([
      readArticulo(client, codigo),
      readArticuloTiendas(client, codigo, hoy, propias),
    ]);
    // One store that was asked for is known at once, so that all is read in one round trip.
    const tienda = tiendas.length === 1 ? tiendas[0] : chooseTienda(tiendas, (await known)[1]);
    const shown = tienda === undefined ? [] : [tienda];
    const pedido = { tienda: tienda?.id ?? '', codigo, ...periodo };
    const [[hallado, enTiendas], unidadOf, reciente, frescura, versiones, ventas, movimientos] =
      await Promise.all([
        known,
        readUnidades(client, propias, [codigo], hoy),
        readCoberturaReciente(
          client,
          instantanea,
          idsOfSelling(todas).filter((id) => propias.includes(id)),
          hoy,
        ),
        readFrescuraOf(client, instantanea, shown),
        readArticuloVersiones(client, pedido),
        readArticuloVentas(client, pedido, hoy),
        readArticuloMovimientos(client, pedido),
      ]);
    if (hallado === undefined) {
      throw new ProblemError('no-encontrado', `No hay ningún artículo con el código ${codigo}.`);
    }
    const faltan = missingDays(reciente);
    const selling = idsOfSelling(shown);
    const abiertos = selling.flatMap((id) =>
      ventas.flatMap(({ dia, estado }) => (estado === 'completo' ? [] : [{ tienda: id, dia, estado }])),
    );
    return {
      ...frescura,
      cobertura: toCobertura(coberturaOf(abiertos)),
      articulo: { ...hallado, unidad: unidadOf(codigo) },
      tienda: tienda === undefined ? null : { id: tienda.id, nombre: tienda.nombre },
      periodo,
      tiendas: enTiendas.map(({ tienda: id, nombre, agotadoDesde, agotadoConocido, ...fila }) => ({
        tienda: { id, nombre },
        ...fila,
        sinExistencia:
          agotadoDesde === null ? null : { desde: agotadoDesde, desdeConocido: agotadoConocido === true },
        incompleto: faltan.has(id),
        ...(!propias.includes(id) && { desde: null, sinExistencia: null, precioUsd: null, incompleto: null }),
      })),
      existencias: toSteps(versiones),
      ventas: selling.length === 0 ? [] : [...ventas],
      movimientos: [...movimientos],
      precios: toCambiosDePrecio(versiones),
    };
  },
});

/** The first that has the article or, if none has it, the first: stores before distribution centres, which sell nothing. */
function chooseTienda(
  tiendas: readonly Tienda[],
  enTiendas: readonly ArticuloEnTienda[],
): Tienda | undefined {
  const sorted = [...sellingOf(tiendas), ...tiendas];
  return sorted.find(({ id }) => enTiendas.some(({ tienda }) => tienda === id)) ?? sorted[0];
}
