import { z } from '@hono/zod-openapi';
import { addDias, countDias } from '../../core/time/dia.ts';
import { toWords } from '../search-words.ts';
import { AnswerHeaderSchema, readFrescuraOf, sellingOf, toCobertura } from '../answer-header.ts';
import type { Periodo } from '../answer-header.ts';
import { defineEndpoint, tiendaParameter, readPeriodo } from '../endpoint.ts';
import { readVentas } from '../queries/read-ventas.ts';
import { NIVELES, ORDENES } from '../queries/ventas-statements.ts';
import type { FilaVentas, Medidas } from '../queries/read-ventas.ts';
import { Decimal, Dia, Text } from '../schemas.ts';

const PeriodoSchema = z.strictObject({ desde: Dia, hasta: Dia });

const medidas = {
  unidades: z.number(),
  kilos: z.number().meta({ description: 'lo que va por peso; nunca se suma con las unidades' }),
  ventaUsd: z.number(),
  utilidadUsd: z
    .number()
    .nullable()
    .meta({ description: 'de las líneas de costo conocido; null si ninguna lo tiene' }),
  margenPct: z
    .number()
    .nullable()
    .meta({ description: 'utilidad sobre la venta de las líneas de costo conocido' }),
  facturas: z.number().nullable(),
  ticketUsd: z.number().nullable(),
  comparacion: z
    .strictObject({
      ventaUsd: z.number(),
      unidades: z.number(),
      kilos: z.number(),
      ventaComparableUsd: z.number().meta({ description: 'lo vendido en los días que se comparan' }),
      variacionPct: z.number().nullable(),
      diasComparados: z.int(),
      dias: z.int(),
    })
    .nullable(),
  incompleto: z.boolean(),
};

const AnswerSchema = AnswerHeaderSchema.extend({
  periodo: PeriodoSchema,
  anterior: PeriodoSchema.nullable(),
  total: z.strictObject(medidas),
  filas: z.array(
    z.strictObject({ clave: z.strictObject({ id: z.string(), nombre: z.string() }), ...medidas }),
  ),
  siguiente: z.string().nullable(),
}).openapi('Ventas');

const CursorSchema = z.strictObject({
  n: Decimal.nullable(),
  t: z.string().max(1_000),
  id: z.string().max(1_000),
});

const COMPARACIONES = ['semana', 'anio', 'no'] as const;

const SALTO_MINIMO = { semana: 7, anio: 364 } as const;

/**
 * The days from each day back to the one that it is compared with: whole weeks, so that the day of the week is the same, and no fewer than the
 * period has, so that no day is compared with one of the period.
 */
function readSalto(comparar: (typeof COMPARACIONES)[number], { desde, hasta }: Periodo): number | null {
  if (comparar === 'no') return null;
  return Math.max(SALTO_MINIMO[comparar], 7 * Math.ceil(countDias(desde, hasta) / 7));
}

/** Sales by store, category or article, compared with earlier days. */
export const ventas = defineEndpoint({
  path: '/ventas',
  summary: 'Ventas por tienda, categoría o artículo, contra días comparables',
  description: [
    'Sin fechas, ayer. Los importes van en USD sin IVA y las devoluciones restan. Cada día de cada tienda se compara con el mismo día de la semana: con comparar=semana,',
    'tantas semanas enteras atrás como dura el periodo; con comparar=anio, 364 días atrás. Solo entran en la comparación los pares de días terminados y leídos enteros,',
    'desde que la tienda vende; hoy nunca entra. `incompleto` dice que algún día del periodo no ha terminado, no se leyó entero o falló. `total` es de todo el filtro.',
  ].join(' '),
  parameters: {
    nivel: z.enum(NIVELES).optional().meta({ description: 'qué es una fila; sin él, tienda' }),
    desde: Dia.optional(),
    hasta: Dia.optional(),
    comparar: z.enum(COMPARACIONES).optional().meta({ description: 'contra qué; sin él, semana' }),
    tienda: tiendaParameter,
    categoria: Text.optional(),
    q: Text.optional().meta({ description: 'parte del nombre o del código de la fila' }),
    orden: z.enum(ORDENES).optional().meta({ description: 'sin él, -venta: la mayor primero' }),
  },
  cursor: CursorSchema,
  answerSchema: AnswerSchema,
  csv: {
    name: 'ventas',
    rows: ({ filas }) => filas,
    columns: [
      { title: 'Código', value: ({ clave }) => clave.id },
      { title: 'Nombre', value: ({ clave }) => clave.nombre },
      { title: 'Unidades', value: ({ unidades }) => unidades },
      { title: 'Kilos', value: ({ kilos }) => kilos },
      { title: 'Venta USD', value: ({ ventaUsd }) => ventaUsd },
      { title: 'Utilidad USD', value: ({ utilidadUsd }) => utilidadUsd },
      { title: 'Margen %', value: ({ margenPct }) => margenPct },
      { title: 'Facturas', value: ({ facturas }) => facturas },
      { title: 'USD por factura', value: ({ ticketUsd }) => ticketUsd },
      { title: 'Venta comparable USD', value: ({ comparacion }) => comparacion?.ventaComparableUsd },
      { title: 'Venta anterior USD', value: ({ comparacion }) => comparacion?.ventaUsd },
      { title: 'Unidades anteriores', value: ({ comparacion }) => comparacion?.unidades },
      { title: 'Kilos anteriores', value: ({ comparacion }) => comparacion?.kilos },
      { title: 'Variación %', value: ({ comparacion }) => comparacion?.variacionPct },
      { title: 'Días comparados', value: ({ comparacion }) => comparacion?.diasComparados },
      { title: 'Días', value: ({ comparacion }) => comparacion?.dias },
      { title: 'Incompleto', value: ({ incompleto }) => incompleto },
    ],
  },
  answer: async ({ client, instantanea, parameters, tiendas: visibles, hoy, limit, after, paginate }) => {
    const { nivel = 'tienda', comparar = 'semana', categoria = null, q = '', orden = '-venta' } = parameters;
    const ayer = addDias(hoy, -1);
    const periodo = readPeriodo(parameters, { desde: ayer, hasta: ayer }, hoy);
    const salto = readSalto(comparar, periodo);
    const tiendas = sellingOf(visibles);
    const [frescura, { total, filas, cobertura }] = await Promise.all([
      readFrescuraOf(client, instantanea, tiendas),
      readVentas(client, {
        nivel,
        tiendas,
        ...periodo,
        salto,
        hoy,
        categoria,
        words: toWords(q),
        orden,
        after,
        limit,
      }),
    ]);
    const page = paginate(filas, ({ n, t, id }) => ({ n, t, id }));
    const compara = salto !== null;
    return {
      ...frescura,
      cobertura: toCobertura(cobertura),
      periodo,
      anterior: compara
        ? { desde: addDias(periodo.desde, -salto), hasta: addDias(periodo.hasta, -salto) }
        : null,
      total: toMedidas(total, compara),
      filas: page.filas.map((fila: FilaVentas) => ({
        clave: { id: fila.id, nombre: fila.nombre },
        ...toMedidas(fila, compara),
      })),
      siguiente: page.siguiente,
    };
  },
});

function toMedidas(medidas: Medidas, compara: boolean) {
  const { unidades, kilos, ventaUsd, utilidadUsd, margenPct, facturas, ticketUsd, incompleto } = medidas;
  return {
    unidades,
    kilos,
    ventaUsd,
    utilidadUsd,
    margenPct,
    facturas,
    ticketUsd,
    comparacion: compara
      ? {
          ventaUsd: medidas.antesUsd,
          unidades: medidas.antesUnidades,
          kilos: medidas.antesKilos,
          ventaComparableUsd: medidas.comparableUsd,
          variacionPct: medidas.variacionPct,
          diasComparados: medidas.diasComparados,
          dias: medidas.dias,
        }
      : null,
    incompleto,
  };
}
