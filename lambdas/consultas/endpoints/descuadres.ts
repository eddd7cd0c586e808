import { z } from '@hono/zod-openapi';
import { addDias } from '../../core/time/dia.ts';
import { AnswerHeaderSchema, idsOfSelling, readFrescuraOf, toCobertura } from '../answer-header.ts';
import { ARTICULO_COLUMNS } from '../csv.ts';
import { defineEndpoint, tiendaParameter, readPeriodo } from '../endpoint.ts';
import { EN_ALMACEN, nameStores } from '../rows.ts';
import { readCobertura } from '../queries/read-cobertura.ts';
import { readDescuadres, readIntervalos } from '../queries/read-descuadres.ts';
import { readNegativas } from '../queries/read-negativas.ts';
import { readUnidades } from '../queries/read-unidades.ts';
import { Decimal, Dia, Momento, Unidad } from '../schemas.ts';

const AnswerSchema = AnswerHeaderSchema.extend({
  periodo: z.strictObject({ desde: Dia, hasta: Dia }),
  intervalos: z.strictObject({ comparados: z.int(), sinComparar: z.int() }).meta({
    description: 'de un inventario aceptado al siguiente; sin comparar: sus ventas no están completas',
  }),
  filas: z.array(
    z.strictObject({
      ...EN_ALMACEN,
      unidad: Unidad,
      antes: z.number(),
      despues: z.number(),
      vendido: z.number(),
      diferencia: z
        .number()
        .meta({ description: 'despues − antes + vendido: lo que llegó o, negativa, lo que falta' }),
      usd: z.number().nullable().meta({ description: 'la diferencia al precio de ahora' }),
      incompleto: z.boolean().meta({
        description: 'algún intervalo de la tienda no se pudo comparar: lo que se movió en él no está',
      }),
    }),
  ),
  siguiente: z.string().nullable(),
  negativas: z.array(
    z.strictObject({
      ...EN_ALMACEN,
      unidad: Unidad,
      cantidad: z.number(),
      desde: Momento,
      factura: z.strictObject({ numero: z.string(), momento: Momento, cantidad: z.number() }).nullable(),
    }),
  ),
}).openapi('Descuadres');

const CursorSchema = z.strictObject({
  n: Decimal.nullable(),
  almacen: z.string().max(1_000),
  codigo: z.string().max(1_000),
});

const MAX_DIAS = 7;

/** Days, summed over the stores, that can be asked for. Each takes an eighth of a second, and a statement has five seconds. */
const MAX_DIAS_DE_TIENDA = 20;

/** Differences between stock and sales, and negative stock. */
export const descuadres = defineEndpoint({
  path: '/descuadres',
  summary: 'Existencias que no cuadran con las ventas, y existencias negativas',
  description: [
    'Sin fechas, ayer; 7 días como mucho, y de todas las tiendas juntas menos: 20 entre el número de tiendas. Entre dos inventarios aceptados la existencia debería bajar lo vendido; diferencia es lo que sobra o falta, sumado por artículo y',
    'almacén sobre los intervalos cuyas ventas están completas. usd, la diferencia al precio de ahora; de mayor a menor. incompleto, si algún intervalo de la tienda no se pudo comparar. negativas, solo con la primera página: las 100 que más',
    'valen, desde cuándo están bajo cero y la última línea vendida hasta entonces.',
  ].join(' '),
  parameters: { tienda: tiendaParameter, desde: Dia.optional(), hasta: Dia.optional() },
  cursor: CursorSchema,
  answerSchema: AnswerSchema,
  csv: {
    name: 'descuadres',
    rows: ({ filas }) => filas,
    columns: [
      ...ARTICULO_COLUMNS,
      { title: 'Unidad', value: ({ unidad }) => unidad },
      { title: 'Antes', value: ({ antes }) => antes },
      { title: 'Después', value: ({ despues }) => despues },
      { title: 'Vendido', value: ({ vendido }) => vendido },
      { title: 'Diferencia', value: ({ diferencia }) => diferencia },
      { title: 'Diferencia USD', value: ({ usd }) => usd },
      { title: 'Incompleto', value: ({ incompleto }) => incompleto },
    ],
  },
  answer: async ({ client, instantanea, parameters, tiendas, hoy, limit, after, paginate }) => {
    const ayer = addDias(hoy, -1);
    const maxDias = Math.max(1, Math.min(MAX_DIAS, Math.floor(MAX_DIAS_DE_TIENDA / tiendas.length)));
    const periodo = readPeriodo(parameters, { desde: ayer, hasta: ayer }, hoy, maxDias);
    const ids = tiendas.map(({ id }) => id);
    // What a distribution centre sends to the stores is no sale, so nothing of it can be compared.
    const selling = idsOfSelling(tiendas);
    const [frescura, cobertura, intervalos, filas, negativas] = await Promise.all([
      readFrescuraOf(client, instantanea, tiendas),
      readCobertura(client, selling, { ...periodo, hoy }),
      readIntervalos(client, selling, periodo.desde, periodo.hasta),
      readDescuadres(client, { tiendas: selling, ...periodo, after, limit }),
      after === undefined ? readNegativas(client, ids) : [],
    ]);
    const page = paginate(filas, ({ n, almacen, articulo: { codigo } }) => ({ n, almacen, codigo }));
    const unidadOf = await readUnidades(
      client,
      ids,
      [...page.filas, ...negativas].map(({ articulo: { codigo } }) => codigo),
      hoy,
    );
    const toTienda = nameStores(tiendas);
    const incompletas = new Set(
      intervalos.flatMap(({ tienda, sinComparar }) => (sinComparar > 0 ? [tienda] : [])),
    );
    return {
      ...frescura,
      cobertura: toCobertura(cobertura),
      periodo,
      intervalos: {
        comparados: sumOf(intervalos.map(({ comparados }) => comparados)),
        sinComparar: sumOf(intervalos.map(({ sinComparar }) => sinComparar)),
      },
      filas: page.filas.map(({ tienda, almacen, articulo, antes, despues, vendido, diferencia, usd }) => ({
        tienda: toTienda(tienda),
        almacen,
        articulo,
        unidad: unidadOf(articulo.codigo),
        antes,
        despues,
        vendido,
        diferencia,
        usd,
        incompleto: incompletas.has(tienda),
      })),
      siguiente: page.siguiente,
      negativas: negativas.map(({ tienda, ...negativa }) => ({
        tienda: toTienda(tienda),
        ...negativa,
        unidad: unidadOf(negativa.articulo.codigo),
      })),
    };
  },
});

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
