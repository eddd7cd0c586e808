import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import { AnswerHeaderSchema, idsOfSelling, readFrescuraOf, toCobertura } from '../answer-header.ts';
import { defineEndpoint, tiendaParameter } from '../endpoint.ts';
import { missingDays, readCobertura } from '../queries/read-cobertura.ts';
import { readEstadoTiendas } from '../queries/read-estado-tiendas.ts';
import type { EstadoTienda } from '../queries/read-estado-tiendas.ts';
import { readMejoresAgotados } from '../queries/read-mejores-agotados.ts';
import { DE_VENTAS } from '../rows.ts';
import { ArticuloSchema, Dia, Momento, TiendaSchema } from '../schemas.ts';

/** Days before today whose gaps are shown; best sellers are found in the same days. */
const DIAS = 28;

const VentaSchema = z.strictObject({ ventaUsd: z.number(), facturas: z.int() });

const RowSchema = z
  .strictObject({
    tienda: TiendaSchema,
    tipo: z.enum(['tienda', 'cedi']).meta({ description: 'un `cedi`, centro de distribución, no vende' }),
    existenciasHasta: Momento.nullable(),
    sinCargar: z
      .array(z.string())
      .meta({ description: 'almacenes que no se han cargado nunca: existenciasHasta es de los demás' }),
    articulos: z.int(),
    agotados: z.int(),
    negativos: z.int(),
    ventasHasta: Momento.nullable(),
    hoy: VentaSchema.nullable(),
    habitual: VentaSchema.extend({ dia: Dia }).nullable(),
    variacionPct: z.number().nullable(),
    diasIncompletos: z.array(Dia),
  })
  .openapi('EstadoDeTienda');

type Row = z.infer<typeof RowSchema>;

const AnswerSchema = AnswerHeaderSchema.extend({
  filas: z.array(RowSchema),
  siguiente: z.null(),
  destacados: z.array(
    z.strictObject({
      tienda: z.string(),
      articulo: ArticuloSchema,
      ventas28Usd: z.number(),
      sinExistenciaDesde: Momento,
      desdeConocido: z.boolean(),
      ...DE_VENTAS,
    }),
  ),
}).openapi('Tiendas');

/** The state of each store. */
export const tiendas = defineEndpoint({
  path: '/tiendas',
  summary: 'Cómo está cada tienda: qué tan al día, qué le falta y cuánto lleva vendido hoy',
  description: [
    'Una fila por tienda, por nombre. `agotados` cuenta los artículos con existencia cero y `negativos` los que la tienen por debajo.',
    '`hoy` suma las horas completas del día que ya se leyeron enteras, hasta la hora de `ventasHasta` (null si aún no hay ninguna); `habitual`, las mismas horas del mismo día de la',
    'semana pasada, y falta (con `variacionPct`) si de alguno de los dos días no se leyeron todas. `diasIncompletos` son los de los últimos 28 días con ventas',
    'sin leer o fallidas. `destacados` son, como mucho, 20 artículos que la tienda no tiene en ningún almacén y que están entre los 200 que más vende, por importe, en',
    '28 días; `sinExistenciaDesde` es desde cuándo; con `desdeConocido` false, el primer momento que se conoce; `incompleto`, si alguno de los 28 días de la tienda no se ha leído entero o falló.',
  ].join(' '),
  parameters: { tienda: tiendaParameter },
  answerSchema: AnswerSchema,
  csv: {
    name: 'tiendas',
    rows: ({ filas }) => filas,
    columns: [
      { title: 'Tienda', value: ({ tienda }) => tienda.nombre },
      { title: 'Existencias hasta', value: ({ existenciasHasta }) => existenciasHasta },
      { title: 'Almacenes sin cargar', value: ({ sinCargar }) => sinCargar.join(', ') },
      { title: 'Artículos', value: ({ articulos }) => articulos },
      { title: 'Agotados', value: ({ agotados }) => agotados },
      { title: 'Negativos', value: ({ negativos }) => negativos },
      { title: 'Ventas hasta', value: ({ ventasHasta }) => ventasHasta },
      { title: 'Venta de hoy (USD)', value: ({ hoy }) => hoy?.ventaUsd },
      { title: 'Facturas de hoy', value: ({ hoy }) => hoy?.facturas },
      { title: 'Día habitual', value: ({ habitual }) => habitual?.dia },
      { title: 'Venta habitual (USD)', value: ({ habitual }) => habitual?.ventaUsd },
      { title: 'Facturas habituales', value: ({ habitual }) => habitual?.facturas },
      { title: 'Variación (%)', value: ({ variacionPct }) => variacionPct },
      { title: 'Días incompletos', value: ({ diasIncompletos }) => diasIncompletos.join(', ') },
    ],
  },
  answer: async ({ client, instantanea, tiendas: asked, hoy }) => {
    const ids = asked.map(({ id }) => id);
    const [frescura, cobertura, estados, mejores] = await Promise.all([
      readFrescuraOf(client, instantanea, asked),
      readCobertura(client, idsOfSelling(asked), { desde: addDias(hoy, -DIAS), hasta: hoy, hoy }),
      readEstadoTiendas(client, ids, hoy),
      readMejoresAgotados(client, ids, hoy),
    ]);
    const byId = new Map(estados.map((estado) => [estado.id, estado]));
    const faltan = missingDays(cobertura);
    return {
      ...frescura,
      cobertura: toCobertura(cobertura),
      filas: asked.flatMap(({ id, nombre, tipo }) => {
        const estado = byId.get(id);
        return estado === undefined
          ? []
          : [toRow({ tienda: { id, nombre }, tipo }, estado, faltan.get(id) ?? [])];
      }),
      siguiente: null,
      destacados: mejores.map(({ tienda, codigo, nombre, categoria, marca, ...rest }) => ({
        tienda,
        articulo: { codigo, nombre, categoria, marca },
        ...rest,
        incompleto: (faltan.get(tienda) ?? []).some((dia) => dia < hoy),
      })),
    };
  },
});

const toRow = (
  tienda: Pick<Row, 'tienda' | 'tipo'>,
  estado: EstadoTienda,
  diasIncompletos: readonly string[],
): Row => ({
  ...tienda,
  existenciasHasta: estado.existenciasHasta,
  sinCargar: [...estado.sinCargar],
  articulos: estado.articulos,
  agotados: estado.agotados,
  negativos: estado.negativos,
  ventasHasta: estado.ventasHasta,
  hoy:
    estado.ventaUsd === null || estado.facturas === null
      ? null
      : { ventaUsd: estado.ventaUsd, facturas: estado.facturas },
  habitual: estado.comparable
    ? {
        ventaUsd: estado.ventaHabitualUsd,
        facturas: estado.facturasHabituales,
        dia: estado.diaHabitual,
      }
    : null,
  variacionPct: estado.comparable ? estado.variacionPct : null,
  diasIncompletos: [...diasIncompletos],
});
