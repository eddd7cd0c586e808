import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import { EncabezadoSchema, idsOfSelling, readFrescuraDe, toCobertura } from '../cobertura.ts';
import { defineEndpoint, parametroTienda } from '../endpoint.ts';
import { readCobertura } from '../queries/read-cobertura.ts';
import { readEstadoTiendas } from '../queries/read-estado-tiendas.ts';
import type { EstadoTienda } from '../queries/read-estado-tiendas.ts';
import { readMejoresAgotados } from '../queries/read-mejores-agotados.ts';
import { ArticuloSchema, Dia, Momento, TiendaSchema } from '../schemas.ts';

/** Days before today whose gaps are shown: those of the best sellers. */
const DIAS = 28;

const VentaSchema = z.strictObject({ ventaUsd: z.number(), facturas: z.int() });

const FilaSchema = z
  .strictObject({
    tienda: TiendaSchema,
    existenciasHasta: Momento.nullable(),
    articulos: z.int(),
    agotados: z.int(),
    negativos: z.int(),
    ventasHasta: Momento.nullable(),
    hoy: VentaSchema,
    habitual: VentaSchema.extend({ dia: Dia }).nullable(),
    variacionPct: z.number().nullable(),
    diasIncompletos: z.array(Dia),
  })
  .openapi('EstadoDeTienda');

type Fila = z.infer<typeof FilaSchema>;

const RespuestaSchema = EncabezadoSchema.extend({
  filas: z.array(FilaSchema),
  siguiente: z.null(),
  destacados: z.array(
    z.strictObject({
      tienda: z.string(),
      articulo: ArticuloSchema,
      ventas28Usd: z.number(),
      sinExistenciaDesde: Momento,
      desdeConocido: z.boolean(),
    }),
  ),
}).openapi('Tiendas');

/** Whether everything is up to date. */
export const tiendas = defineEndpoint({
  ruta: '/tiendas',
  resumen: 'Cómo está cada tienda: qué tan al día, qué le falta y cuánto lleva vendido hoy',
  descripcion: [
    'Una fila por tienda, por nombre. `agotados` cuenta los artículos con existencia cero y `negativos` los que la tienen por debajo.',
    '`hoy` suma las horas completas del día que ya se leyeron enteras, hasta la hora de `ventasHasta`; `habitual`, las mismas horas del mismo día de la',
    'semana pasada, y falta (con `variacionPct`) si de alguno de los dos días no se leyeron todas. `diasIncompletos` son los de los últimos 28 días con ventas',
    'sin leer o fallidas. `destacados` son, como mucho, 20 artículos que la tienda no tiene en ningún almacén y que están entre los 200 que más vende, por importe, en',
    '28 días; `sinExistenciaDesde` es desde cuándo; con `desdeConocido` false, el primer momento que se conoce.',
  ].join(' '),
  parametros: { tienda: parametroTienda },
  respuesta: RespuestaSchema,
  csv: {
    nombre: 'tiendas',
    filas: ({ filas }) => filas,
    columnas: [
      { titulo: 'Tienda', valor: ({ tienda }) => tienda.nombre },
      { titulo: 'Existencias hasta', valor: ({ existenciasHasta }) => existenciasHasta },
      { titulo: 'Artículos', valor: ({ articulos }) => articulos },
      { titulo: 'Agotados', valor: ({ agotados }) => agotados },
      { titulo: 'Negativos', valor: ({ negativos }) => negativos },
      { titulo: 'Ventas hasta', valor: ({ ventasHasta }) => ventasHasta },
      { titulo: 'Venta de hoy (USD)', valor: ({ hoy }) => hoy.ventaUsd },
      { titulo: 'Facturas de hoy', valor: ({ hoy }) => hoy.facturas },
      { titulo: 'Día habitual', valor: ({ habitual }) => habitual?.dia },
      { titulo: 'Venta habitual (USD)', valor: ({ habitual }) => habitual?.ventaUsd },
      { titulo: 'Facturas habituales', valor: ({ habitual }) => habitual?.facturas },
      { titulo: 'Variación (%)', valor: ({ variacionPct }) => variacionPct },
      { titulo: 'Días incompletos', valor: ({ diasIncompletos }) => diasIncompletos.join(', ') },
    ],
  },
  answer: async ({ client, tiendas: asked, hoy }) => {
    const ids = asked.map(({ id }) => id);
    const [frescura, cobertura, estados, mejores] = await Promise.all([
      readFrescuraDe(client, asked),
      readCobertura(client, idsOfSelling(asked), { desde: addDias(hoy, -DIAS), hasta: hoy, hoy }),
      readEstadoTiendas(client, ids, hoy),
      readMejoresAgotados(client, ids, hoy),
    ]);
    const byId = new Map(estados.map((estado) => [estado.id, estado]));
    const incomplete = Map.groupBy(
      cobertura.huecos.filter(({ estado }) => estado !== 'provisional'),
      ({ tienda }) => tienda,
    );
    return {
      ...frescura,
      cobertura: toCobertura(cobertura),
      filas: asked.flatMap(({ id, nombre }) => {
        const estado = byId.get(id);
        const dias = incomplete.get(id)?.map(({ dia }) => dia) ?? [];
        return estado === undefined ? [] : [toFila({ id, nombre }, estado, dias)];
      }),
      siguiente: null,
      destacados: mejores.map(({ tienda, codigo, nombre, categoria, marca, ...rest }) => ({
        tienda,
        articulo: { codigo, nombre, categoria, marca },
        ...rest,
      })),
    };
  },
});

const toFila = (tienda: Fila['tienda'], estado: EstadoTienda, diasIncompletos: string[]): Fila => ({
  tienda,
  existenciasHasta: estado.existenciasHasta,
  articulos: estado.articulos,
  agotados: estado.agotados,
  negativos: estado.negativos,
  ventasHasta: estado.ventasHasta,
  hoy: { ventaUsd: estado.ventaUsd, facturas: estado.facturas },
  habitual: estado.comparable
    ? {
        ventaUsd: estado.ventaHabitualUsd,
        facturas: estado.facturasHabituales,
        dia: estado.diaHabitual,
      }
    : null,
  variacionPct: estado.comparable ? estado.variacionPct : null,
  diasIncompletos,
});
