import { z } from '@hono/zod-openapi';
import { ERRORES } from '../../core/errors/codes.ts';
import type { CodigoError } from '../../core/errors/codes.ts';
import { addDias } from '../../core/time/dia.ts';
import { AnswerHeaderSchema, idsOfSelling, readFrescuraOf, toCobertura } from '../answer-header.ts';
import { defineEndpoint, PRIMER_DIA } from '../endpoint.ts';
import { nameStores } from '../rows.ts';
import { invalidParameter } from '../problem.ts';
import { readCalendario } from '../queries/read-calendario.ts';
import { readEjecuciones } from '../queries/read-ejecuciones.ts';
import { readFallas } from '../queries/read-fallas.ts';
import { Dia, Momento, TiendaSchema } from '../schemas.ts';

const EstadoSchema = z
  .enum(['completo', 'provisional', 'falta', 'fallido', 'futuro', 'abierto'])
  .nullable()
  .openapi('EstadoDeDia');

const AnswerSchema = AnswerHeaderSchema.extend({
  mes: z.string(),
  dias: z.array(Dia),
  tiendas: z.array(z.strictObject({ tienda: TiendaSchema, estados: z.array(EstadoSchema) })),
  ejecuciones: z.array(
    z.strictObject({
      id: z.string(),
      flujo: z.enum(['inventario', 'ventas']),
      origen: z.string(),
      estado: z.string(),
      inicio: Momento,
      fin: Momento.nullable(),
      error: z
        .strictObject({ codigo: z.string(), mensaje: z.string().nullable(), remedio: z.string() })
        .nullable(),
    }),
  ),
  fallas: z.array(
    z.strictObject({
      tienda: TiendaSchema,
      flujo: z.enum(['inventario', 'ventas']),
      codigo: z.string(),
      mensaje: z.string().nullable(),
      desde: Momento,
      remedio: z.string(),
    }),
  ),
}).openapi('Datos');

const PRIMER_MES = PRIMER_DIA.slice(0, 7);

const Mes = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'debe ser un mes, AAAA-MM')
  .optional()
  .meta({ description: 'AAAA-MM; sin él, el mes de hoy', example: '2026-11' });

/** Which days of sales are complete, the latest runs, and what fails now. */
export const datos = defineEndpoint({
  path: '/datos',
  summary: 'Qué días de ventas están completos, las últimas ejecuciones y lo que falla',
  description: [
    'Por cada tienda y día del mes: `completo` ya no cambia; `provisional` está leído entero y aún puede cambiar; `falta` no se leyó entero; `fallido` no se',
    'pudo leer; `abierto` es hoy; `futuro` no ha llegado; null es anterior al primer día de la tienda que se pidió a KLK. `fallas` son los almacenes que ninguna',
    'ejecución ha cargado desde su último inventario y las horas de ventas que no se pudieron leer, con lo que hace quien opera el sistema. `ejecuciones[].error` es el que detuvo la carga entera: de una que falló en sus tiendas, null. Los centros de',
    'distribución no venden.',
  ].join(' '),
  parameters: { mes: Mes },
  answerSchema: AnswerSchema,
  csv: {
    name: 'datos',
    rows: ({ dias, tiendas }) =>
      tiendas.flatMap(({ tienda, estados }) =>
        dias.map((dia, index) => ({ tienda: tienda.nombre, dia, estado: estados[index] })),
      ),
    columns: [
      { title: 'Tienda', value: ({ tienda }) => tienda },
      { title: 'Día', value: ({ dia }) => dia },
      { title: 'Estado', value: ({ estado }) => estado },
    ],
  },
  answer: async ({ client, instantanea, parameters, tiendas, hoy }) => {
    const mesDeHoy = hoy.slice(0, 7);
    const { mes = mesDeHoy } = parameters;
    if (mes > mesDeHoy || mes < PRIMER_MES) {
      throw invalidParameter('mes', `debe estar entre ${PRIMER_MES} y ${mesDeHoy}`);
    }
    const ids = idsOfSelling(tiendas);
    const [frescura, calendario, ejecuciones, fallas] = await Promise.all([
      readFrescuraOf(client, instantanea, tiendas),
      readCalendario(client, ids, { mes, hoy }),
      readEjecuciones(client),
      readFallas(
        client,
        tiendas.map(({ id }) => id),
      ),
    ]);
    const byTienda = Map.groupBy(calendario, ({ tienda }) => tienda);
    const toTienda = nameStores(tiendas);
    const huecos = calendario.flatMap(({ tienda, dia, estado }) =>
      estado === 'falta' || estado === 'fallido' ? [{ tienda, dia, estado }] : [],
    );
    return {
      ...frescura,
      cobertura: toCobertura({ completa: huecos.length === 0, huecos }),
      mes,
      dias: diasOf(mes),
      tiendas: tiendas
        .filter(({ id }) => byTienda.has(id))
        .map(({ id, nombre }) => ({
          tienda: { id, nombre },
          estados: byTienda.get(id)?.map(({ estado }) => estado) ?? [],
        })),
      ejecuciones: ejecuciones.map(({ codigo, mensaje, ...rest }) => ({
        ...rest,
        error:
          codigo === null
            ? null
            : { codigo, mensaje: publicMessage(codigo, mensaje), remedio: remedyOf(codigo) },
      })),
      fallas: fallas.map(({ tienda, codigo, mensaje, ...rest }) => ({
        tienda: toTienda(tienda),
        ...rest,
        codigo,
        mensaje: publicMessage(codigo, mensaje),
        remedio: remedyOf(codigo),
      })),
    };
  },
});

const MAX_DIAS_DE_MES = 31;

const diasOf = (mes: string): string[] =>
  Array.from({ length: MAX_DIAS_DE_MES }, (_, n) => addDias(`${mes}-01`, n)).filter((dia) =>
    dia.startsWith(mes),
  );

/** Errors whose message is about the data. Messages of other errors may quote addresses of machines, names of users, or answers of other systems. */
const ABOUT_DATA: ReadonlySet<string> = new Set<CodigoError>([
  'FILAS_MALAS',
  'KLK_CAIDA',
  'KLK_INCOMPLETA',
  'KLK_OTRO_ALMACEN',
  'KLK_OTRA_SUCURSAL',
  'KLK_OTRO_TRAMO',
  'KLK_VACIA',
  'SIN_TIEMPO',
  'SNAPSHOT_ANTIGUO',
  'SOSPECHOSO_CAMBIOS',
  'SOSPECHOSO_CEROS',
  'SOSPECHOSO_DIA_CERRADO',
  'SOSPECHOSO_ENCOGIDO',
  'SOSPECHOSO_NUEVOS',
  'SOSPECHOSO_RETIRADAS',
  'SOSPECHOSO_VACIO',
  'TRAMO_ANTIGUO',
]);

const publicMessage = (codigo: string, mensaje: string | null): string | null =>
  ABOUT_DATA.has(codigo) ? mensaje : null;

/** The remedy of an error, in words. A code that another version of the program wrote may be unknown. */
const remedyOf = (codigo: string): string =>
  Object.entries(ERRORES).find(([known]) => known === codigo)?.[1].remedio ??
  'Avise a quien opera el sistema.';
