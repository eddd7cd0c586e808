import { z } from '@hono/zod-openapi';
import { addDias, countDias } from '../../core/time/dia.ts';
import { toPalabras } from '../busqueda.ts';
import { EncabezadoSchema, readEncabezado } from '../cobertura.ts';
import type { Periodo } from '../cobertura.ts';
import { defineEndpoint, parametroTienda, readPeriodo } from '../endpoint.ts';
import { readVentas } from '../queries/read-ventas.ts';
import { NIVELES, ORDENES } from '../queries/ventas-statements.ts';
import type { FilaVentas, Medidas } from '../queries/read-ventas.ts';
import { Decimal, Dia, Texto } from '../schemas.ts';

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

const RespuestaSchema = EncabezadoSchema.extend({
  periodo: PeriodoSchema,
  anterior: PeriodoSchema.nullable(),
  total: z.strictObject(medidas),
  filas: z.array(
    z.strictObject({ clave: z.strictObject({ id: z.string(), nombre: z.string() }), ...medidas }),
  ),
  siguiente: z.string().nullable(),
}).openapi('Ventas');

const ClaveSchema = z.strictObject({
  n: Decimal.nullable(),
  t: z.string().max(1_000),
  id: z.string().max(1_000),
});

const COMPARACIONES = ['semana', 'anio', 'no'] as const;

/** As many whole weeks back as the period has, so that no day is compared with another day of the week, nor with one of the same period. */
const SALTO_MINIMO = { semana: 7, anio: 364 } as const;

function readSalto(comparar: (typeof COMPARACIONES)[number], { desde, hasta }: Periodo): number | null {
  if (comparar === 'no') return null;
  return Math.max(SALTO_MINIMO[comparar], 7 * Math.ceil(countDias(desde, hasta) / 7));
}

/** What was sold, by store, category or article, against comparable days. */
export const ventas = defineEndpoint({
  ruta: '/ventas',
  resumen: 'Ventas por tienda, categoría o artículo, contra días comparables',
  descripcion: [
    'Sin fechas, ayer. Los importes van en USD sin IVA y las devoluciones restan. Cada día de cada tienda se compara con el mismo día de la semana: con comparar=semana,',
    'tantas semanas enteras atrás como dura el periodo; con comparar=anio, 364 días atrás. Solo entran en la comparación los pares de días terminados y leídos enteros,',
    'desde que la tienda vende; hoy nunca entra. `incompleto` dice que falta algún día del periodo. `total` es de todo el filtro.',
  ].join(' '),
  parametros: {
    nivel: z.enum(NIVELES).optional().meta({ description: 'qué es una fila; sin él, tienda' }),
    desde: Dia.optional(),
    hasta: Dia.optional(),
    comparar: z.enum(COMPARACIONES).optional().meta({ description: 'contra qué; sin él, semana' }),
    tienda: parametroTienda,
    categoria: Texto.optional(),
    q: Texto.optional().meta({ description: 'parte del nombre o del código de la fila' }),
    orden: z.enum(ORDENES).optional().meta({ description: 'sin él, -venta: la mayor primero' }),
  },
  cursor: ClaveSchema,
  respuesta: RespuestaSchema,
  csv: {
    nombre: 'ventas',
    filas: ({ filas }) => filas,
    columnas: [
      { titulo: 'Código', valor: ({ clave }) => clave.id },
      { titulo: 'Nombre', valor: ({ clave }) => clave.nombre },
      { titulo: 'Unidades', valor: ({ unidades }) => unidades },
      { titulo: 'Kilos', valor: ({ kilos }) => kilos },
      { titulo: 'Venta USD', valor: ({ ventaUsd }) => ventaUsd },
      { titulo: 'Utilidad USD', valor: ({ utilidadUsd }) => utilidadUsd },
      { titulo: 'Margen %', valor: ({ margenPct }) => margenPct },
      { titulo: 'Facturas', valor: ({ facturas }) => facturas },
      { titulo: 'USD por factura', valor: ({ ticketUsd }) => ticketUsd },
      { titulo: 'Venta comparable USD', valor: ({ comparacion }) => comparacion?.ventaComparableUsd },
      { titulo: 'Venta anterior USD', valor: ({ comparacion }) => comparacion?.ventaUsd },
      { titulo: 'Unidades anteriores', valor: ({ comparacion }) => comparacion?.unidades },
      { titulo: 'Kilos anteriores', valor: ({ comparacion }) => comparacion?.kilos },
      { titulo: 'Variación %', valor: ({ comparacion }) => comparacion?.variacionPct },
      { titulo: 'Días comparados', valor: ({ comparacion }) => comparacion?.diasComparados },
      { titulo: 'Días', valor: ({ comparacion }) => comparacion?.dias },
      { titulo: 'Incompleto', valor: ({ incompleto }) => incompleto },
    ],
  },
  answer: async ({ client, parametros, tiendas: visibles, hoy, limite, despuesDe, paginar }) => {
    const { nivel = 'tienda', comparar = 'semana', categoria = null, q = '', orden = '-venta' } = parametros;
    const ayer = addDias(hoy, -1);
    const periodo = readPeriodo(parametros, { desde: ayer, hasta: ayer }, hoy);
    const salto = readSalto(comparar, periodo);
    const tiendas = visibles.filter(({ tipo }) => tipo === 'tienda');
    const [encabezado, { total, filas }] = await Promise.all([
      readEncabezado(client, tiendas, hoy, periodo),
      readVentas(client, {
        nivel,
        tiendas,
        ...periodo,
        salto,
        hoy,
        categoria,
        palabras: toPalabras(q),
        orden,
        despuesDe,
        limite,
      }),
    ]);
    const pagina = paginar(filas, ({ n, t, id }) => ({ n, t, id }));
    const compara = salto !== null;
    return {
      ...encabezado,
      periodo,
      anterior: compara
        ? { desde: addDias(periodo.desde, -salto), hasta: addDias(periodo.hasta, -salto) }
        : null,
      total: toMedidas(total, compara),
      filas: pagina.filas.map((fila: FilaVentas) => ({
        clave: { id: fila.id, nombre: fila.nombre },
        ...toMedidas(fila, compara),
      })),
      siguiente: pagina.siguiente,
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
