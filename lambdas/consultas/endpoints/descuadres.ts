import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import { EncabezadoSchema, readEncabezado } from '../cobertura.ts';
import { COLUMNAS_DE_ARTICULO } from '../csv.ts';
import { defineEndpoint, parametroTienda, readPeriodo } from '../endpoint.ts';
import { EN_ALMACEN, nameStores } from '../filas.ts';
import { readDescuadres, readIntervalos } from '../queries/read-descuadres.ts';
import { readNegativas } from '../queries/read-negativas.ts';
import { Decimal, Dia, Momento } from '../schemas.ts';

const RespuestaSchema = EncabezadoSchema.extend({
  periodo: z.strictObject({ desde: Dia, hasta: Dia }),
  intervalos: z.strictObject({ comparados: z.int(), sinComparar: z.int() }).meta({
    description: 'de un inventario aceptado al siguiente; sin comparar: sus ventas no están completas',
  }),
  filas: z.array(
    z.strictObject({
      ...EN_ALMACEN,
      antes: z.number(),
      despues: z.number(),
      vendido: z.number(),
      diferencia: z
        .number()
        .meta({ description: 'despues − antes + vendido: lo que llegó o, negativa, lo que falta' }),
      usd: z.number().nullable().meta({ description: 'la diferencia al precio de ahora' }),
    }),
  ),
  siguiente: z.string().nullable(),
  negativas: z.array(
    z.strictObject({
      ...EN_ALMACEN,
      cantidad: z.number(),
      desde: Momento,
      factura: z.strictObject({ numero: z.string(), momento: Momento, cantidad: z.number() }).nullable(),
    }),
  ),
}).openapi('Descuadres');

const ClaveSchema = z.strictObject({
  n: Decimal.nullable(),
  almacen: z.string().max(1_000),
  codigo: z.string().max(1_000),
});

const MAX_DIAS = 7;

/** A day of a store takes an eighth of a second: more days of stores than these could take longer than a statement may. */
const MAX_DIAS_DE_TIENDA = 20;

/** Where stock and sales do not add up, and what stands below zero. */
export const descuadres = defineEndpoint({
  ruta: '/descuadres',
  resumen: 'Existencias que no cuadran con las ventas, y existencias negativas',
  descripcion: [
    'Sin fechas, ayer; 7 días como mucho, y de todas las tiendas juntas menos: 20 entre el número de tiendas. Entre dos inventarios aceptados la existencia debería bajar lo vendido; diferencia es lo que sobra o falta, sumado por artículo y',
    'almacén sobre los intervalos cuyas ventas están completas. usd, la diferencia al precio de ahora; de mayor a menor. negativas, solo con la primera página: las 100 que más',
    'valen, desde cuándo están bajo cero y la última línea vendida hasta entonces.',
  ].join(' '),
  parametros: { tienda: parametroTienda, desde: Dia.optional(), hasta: Dia.optional() },
  cursor: ClaveSchema,
  respuesta: RespuestaSchema,
  csv: {
    nombre: 'descuadres',
    filas: ({ filas }) => filas,
    columnas: [
      ...COLUMNAS_DE_ARTICULO,
      { titulo: 'Antes', valor: ({ antes }) => antes },
      { titulo: 'Después', valor: ({ despues }) => despues },
      { titulo: 'Vendido', valor: ({ vendido }) => vendido },
      { titulo: 'Diferencia', valor: ({ diferencia }) => diferencia },
      { titulo: 'Diferencia USD', valor: ({ usd }) => usd },
    ],
  },
  answer: async ({ client, parametros, tiendas, hoy, limite, despuesDe, paginar }) => {
    const ayer = addDias(hoy, -1);
    const maxDias = Math.max(1, Math.min(MAX_DIAS, Math.floor(MAX_DIAS_DE_TIENDA / tiendas.length)));
    const periodo = readPeriodo(parametros, { desde: ayer, hasta: ayer }, hoy, maxDias);
    const ids = tiendas.map(({ id }) => id);
    const [encabezado, intervalos, filas, negativas] = await Promise.all([
      readEncabezado(client, tiendas, hoy, periodo),
      readIntervalos(client, ids, periodo.desde, periodo.hasta),
      readDescuadres(client, { tiendas: ids, ...periodo, despuesDe, limite }),
      despuesDe === undefined ? readNegativas(client, ids) : [],
    ]);
    const pagina = paginar(filas, ({ n, almacen, articulo: { codigo } }) => ({ n, almacen, codigo }));
    const toTienda = nameStores(tiendas);
    return {
      ...encabezado,
      periodo,
      intervalos,
      filas: pagina.filas.map(({ tienda, almacen, articulo, antes, despues, vendido, diferencia, usd }) => ({
        tienda: toTienda(tienda),
        almacen,
        articulo,
        antes,
        despues,
        vendido,
        diferencia,
        usd,
      })),
      siguiente: pagina.siguiente,
      negativas: negativas.map(({ tienda, ...negativa }) => ({ tienda: toTienda(tienda), ...negativa })),
    };
  },
});
