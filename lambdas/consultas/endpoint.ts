import { z } from '@hono/zod-openapi';
import type { Queryable } from '../core/postgres/connection.ts';
import { addDias, countDias } from '../core/time/dia.ts';
import { scopeOf } from './access.ts';
import type { Acceso } from './access.ts';
import type { Periodo } from './cobertura.ts';
import { toCsv } from './csv.ts';
import type { Columna } from './csv.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { invalidParameter, invalidParameters } from './problem.ts';
import type { ErrorDeCampo } from './problem.ts';
import type { Tienda } from './queries/read-tiendas.ts';
import { Texto } from './schemas.ts';

/** Rows of a page, and of a CSV. */
const FILAS_POR_PAGINA = 100;
const MAX_FILAS_CSV = 50_000;

/** The longest period that can be asked for. */
const MAX_DIAS = 400;

/** No store has data of an earlier day. */
export const PRIMER_DIA = '2020-01-01';

/** A question, authorized: what was asked, by whom, about which stores, and where to look. */
interface Pregunta<P, K = never> {
  readonly client: Queryable;
  readonly parametros: P;
  readonly acceso: Acceso;
  /** The store that was asked for, or all that the user may see, by name. An answer is about these and no others. */
  readonly tiendas: readonly Tienda[];
  /** Every open store: for the stock elsewhere. */
  readonly todas: readonly Tienda[];
  /** The day in the stores, `YYYY-MM-DD`. */
  readonly hoy: string;
  /** How many rows to read: one more than are answered, so that it is known whether more follow. */
  readonly limite: number;
  /** The key after which the page begins; undefined for the first. */
  readonly despuesDe: K | undefined;
  /**
   * The rows of the answer, and the cursor of what follows.
   * @throws ProblemError when they are too many for a CSV
   */
  readonly paginar: <F>(
    filas: readonly F[],
    keyOf: (fila: F) => K,
  ) => { readonly filas: F[]; readonly siguiente: string | null };
}

/** One address of the API. */
export interface EndpointDefinition<S extends z.ZodRawShape, R, F, K> {
  /** Such as `/articulos/{codigo}`. */
  readonly ruta: `/${string}`;
  readonly resumen: string;
  /** How each number is computed. */
  readonly descripcion: string;
  /**
   * The parameters, those in the path too, without `formato` and `cursor`. One that is called `tienda` is authorized here: it restricts
   * `Pregunta.tiendas`.
   */
  readonly parametros: S;
  /** The keys of its pages, if it has more than one. */
  readonly cursor?: z.ZodType<K>;
  readonly respuesta: z.ZodType<R>;
  /** Which rows of an answer are the CSV's. */
  readonly csv?: {
    /** The file's name, without its ending. */
    readonly nombre: string;
    readonly columnas: readonly Columna<F>[];
    readonly filas: (respuesta: R) => readonly F[];
  };
  readonly answer: (pregunta: Pregunta<z.output<z.ZodObject<S>>, K>) => Promise<R>;
}

/** What an answer consists of. */
interface Cuerpo {
  readonly headers: Readonly<Record<string, string>>;
  readonly texto: string;
}

/** An address whose types are its own business. */
export interface Endpoint {
  readonly ruta: string;
  readonly resumen: string;
  readonly descripcion: string;
  /** Every parameter, those in the path too. */
  readonly parametros: z.ZodObject;
  readonly enRuta: readonly string[];
  readonly respuesta: z.ZodType;
  readonly csv: boolean;
  /**
   * Checks what was asked, without a database.
   * @throws ProblemError `parametros-invalidos`
   */
  readonly prepare: (valores: Valores, problemas: readonly ErrorDeCampo[]) => Prepared;
}

/** The parameters as they came. */
export type Valores = Readonly<Record<string, string>>;

interface Scene {
  readonly client: Queryable;
  readonly acceso: Acceso;
  readonly tiendas: readonly Tienda[];
  readonly todas: readonly Tienda[];
  readonly hoy: string;
}

interface Prepared {
  readonly answer: (scene: Scene) => Promise<Cuerpo>;
}

const Formato = z.enum(['json', 'csv']).optional().meta({ description: '`csv`: todas las filas del filtro' });
const CursorTexto = z
  .string()
  .min(1, 'está vacío')
  .optional()
  .meta({ description: 'lo que decía `siguiente`' });

/** Defines an address of the API. */
export function defineEndpoint<S extends z.ZodRawShape, R, F = never, K = never>(
  definition: EndpointDefinition<S, R, F, K>,
): Endpoint {
  const { ruta, resumen, descripcion, respuesta, csv, cursor } = definition;
  const parametros = z.strictObject(definition.parametros);
  const comunes = {
    ...(csv !== undefined && { formato: Formato }),
    ...(cursor !== undefined && { cursor: CursorTexto }),
  };
  const todos = z.strictObject({ ...definition.parametros, ...comunes });
  const nombres = Object.keys(todos.shape);
  const ComunesSchema = z.object({ formato: Formato, cursor: CursorTexto });

  const prepare = (valores: Valores, problemas: readonly ErrorDeCampo[]): Prepared => {
    const checked = todos.safeParse(valores);
    const errores = [
      ...problemas,
      ...(checked.error?.issues.flatMap((issue) => describeIssue(issue, nombres)) ?? []),
    ];
    if (errores.length > 0) throw invalidParameters(errores);
    const own = Object.fromEntries(Object.entries(valores).filter(([nombre]) => nombre in parametros.shape));
    const values = parametros.parse(own);
    const { formato = 'json', cursor: place } = ComunesSchema.parse(valores);
    if (formato === 'csv' && place !== undefined) {
      throw invalidParameter('cursor', 'un CSV trae todas las filas: pídalo sin cursor');
    }
    const max = formato === 'csv' ? MAX_FILAS_CSV : FILAS_POR_PAGINA;

    return {
      answer: async (scene): Promise<Cuerpo> => {
        const question = JSON.stringify([ruta, sortedEntries(own), scopeOf(scene.acceso)]);
        const answer = await definition.answer({
          ...scene,
          parametros: values,
          limite: max + 1,
          despuesDe:
            place === undefined || cursor === undefined ? undefined : readCursor(place, cursor, question),
          paginar: (filas, keyOf) => {
            if (formato === 'csv' && filas.length > max) {
              throw invalidParameter('formato', `son más de ${max} filas: pida una tienda o una categoría`);
            }
            const last = filas.length > max ? filas[max - 1] : undefined;
            return {
              filas: filas.slice(0, max),
              siguiente: last === undefined ? null : writeCursor(keyOf(last), question),
            };
          },
        });
        if (formato === 'json' || csv === undefined) {
          return { headers: { 'Content-Type': 'application/json' }, texto: JSON.stringify(answer) };
        }
        const tienda = 'tienda' in own ? `-${scene.tiendas.map(({ id }) => id).join('-')}` : '';
        return {
          headers: {
            'Content-Type': 'text/csv; charset=utf-8',
            'Content-Disposition': `attachment; filename="${csv.nombre}${tienda}-${scene.hoy}.csv"`,
          },
          texto: toCsv(csv.columnas, csv.filas(answer)),
        };
      },
    };
  };
  return {
    ruta,
    resumen,
    descripcion,
    parametros: todos,
    enRuta: [...ruta.matchAll(/\{(\w+)\}/g)].map(([, nombre = '']) => nombre),
    respuesta,
    csv: csv !== undefined,
    prepare,
  };
}

/** The parameters in an order of their own: equal for equal questions. */
export const sortedEntries = (valores: Valores): [string, string][] =>
  Object.entries(valores).sort(([a], [b]) => (a < b ? -1 : 1));

/** A name that somebody made up is shown up to here. */
const MAX_CAMPO = 50;

function describeIssue(issue: z.core.$ZodIssue, nombres: readonly string[]): ErrorDeCampo[] {
  const campo = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      campo: key.slice(0, MAX_CAMPO),
      mensaje: 'no existe',
      validos: nombres,
    }));
  }
  if (issue.code === 'invalid_value') {
    return [{ campo, mensaje: 'no es uno de los valores válidos', validos: issue.values.map(String) }];
  }
  return [{ campo, mensaje: issue.code === 'invalid_type' ? 'falta' : issue.message }];
}

/** A parameter `tienda`: the id of a store. */
export const parametroTienda = Texto.optional().meta({
  description: 'id de una tienda; sin él, todas las que el usuario puede ver',
});

/**
 * The days asked for, both included; what is left out is the default's.
 * @throws ProblemError `parametros-invalidos` for a day in the future or before all data, backwards, or too many days
 */
export function readPeriodo(
  asked: { readonly desde?: string | undefined; readonly hasta?: string | undefined },
  byDefault: Periodo,
  hoy: string,
  maxDias: number = MAX_DIAS,
): Periodo {
  const largo = countDias(byDefault.desde, byDefault.hasta);
  const hasta =
    asked.hasta ?? (asked.desde === undefined ? byDefault.hasta : laterOf(asked.desde, byDefault.hasta));
  const desde =
    asked.desde ??
    (asked.hasta === undefined ? byDefault.desde : laterOf(addDias(asked.hasta, 1 - largo), PRIMER_DIA));
  const errores: ErrorDeCampo[] = [];
  for (const campo of ['desde', 'hasta'] as const) {
    const dia = asked[campo];
    if (dia !== undefined && (dia > hoy || dia < PRIMER_DIA)) {
      errores.push({ campo, mensaje: `debe estar entre ${PRIMER_DIA} y hoy, ${hoy}` });
    }
  }
  if (errores.length === 0 && desde > hasta) {
    errores.push({ campo: 'desde', mensaje: `no puede ser después de hasta, ${hasta}` });
  } else if (errores.length === 0 && countDias(desde, hasta) > maxDias) {
    errores.push({
      campo: 'desde',
      mensaje: `pida como mucho ${maxDias === 1 ? 'un día' : `${maxDias} días`}`,
    });
  }
  if (errores.length > 0) throw invalidParameters(errores);
  return { desde, hasta };
}

const laterOf = (a: string, b: string): string => (a > b ? a : b);
