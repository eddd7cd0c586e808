import { z } from '@hono/zod-openapi';
import type { Queryable } from '../core/postgres/connection.ts';
import { addDias, countDias } from '../core/time/dia.ts';
import { scopeOf } from './access.ts';
import type { Acceso } from './access.ts';
import type { Periodo } from './answer-header.ts';
import { toCsv } from './csv.ts';
import type { Column } from './csv.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { invalidParameter, invalidParameters } from './problem.ts';
import type { FieldError } from './problem.ts';
import type { Instantanea } from './queries/read-instantanea.ts';
import type { Tienda } from './queries/read-tiendas.ts';
import { Text } from './schemas.ts';

/** Rows of a page, and of a CSV. */
const ROWS_PER_PAGE = 100;
const MAX_CSV_ROWS = 50_000;

/** The longest period that can be asked for. */
const MAX_DIAS = 400;

/** The earliest day that can be asked for. No store has earlier data. */
export const PRIMER_DIA = '2020-01-01';

/** An authorized request: who asks, about which stores, and the connection on which it is answered. */
interface Authorized {
  readonly client: Queryable;
  readonly instantanea: Instantanea;
  readonly acceso: Acceso;
  /** The store that was asked for, or all that the user may see, by name. An answer is about these and no others. */
  readonly tiendas: readonly Tienda[];
  /** Every active store, for the stock elsewhere. */
  readonly todas: readonly Tienda[];
  /** The day in the stores, `YYYY-MM-DD`. */
  readonly hoy: string;
}

/** An authorized request with its parameters and its page. */
interface Question<P, K = never> extends Authorized {
  readonly parameters: P;
  /** How many rows to read: one more than are answered, so that it is known whether more follow. */
  readonly limit: number;
  /** The key after which the page begins; undefined for the first. */
  readonly after: K | undefined;
  /**
   * The rows of the answer, and the cursor of what follows.
   * @throws ProblemError when they are too many for a CSV
   */
  readonly paginate: <F>(
    filas: readonly F[],
    keyOf: (fila: F) => K,
  ) => { readonly filas: F[]; readonly siguiente: string | null };
}

/** One address of the API. */
export interface EndpointDefinition<S extends z.ZodRawShape, R, F, K> {
  /** Such as `/articulos/{codigo}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** How each number is computed. */
  readonly description: string;
  /**
   * The parameters, those in the path too, without `formato` and `cursor`. One that is called `tienda` restricts `Question.tiendas`: `serve` compares it with the claims.
   */
  readonly parameters: S;
  /** The schema of the keys in its cursors, if it has pages. */
  readonly cursor?: z.ZodType<K>;
  readonly answerSchema: z.ZodType<R>;
  /** Its CSV, if it has one. */
  readonly csv?: {
    /** The file's name, without its ending. */
    readonly name: string;
    readonly columns: readonly Column<F>[];
    readonly rows: (answer: R) => readonly F[];
  };
  readonly answer: (question: Question<z.output<z.ZodObject<S>>, K>) => Promise<R>;
}

/** Headers and text of a response. */
interface Body {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An address of the API, without the type parameters of its definition. */
export interface Endpoint {
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Every parameter, those in the path too. */
  readonly parameters: z.ZodObject;
  readonly inPath: readonly string[];
  readonly answerSchema: z.ZodType;
  readonly csv: boolean;
  /**
   * Checks what was asked, without a database.
   * @throws ProblemError `parametros-invalidos`
   */
  readonly prepare: (values: Values, fieldErrors: readonly FieldError[]) => Prepared;
}

/** Parameters by name, as text. */
export type Values = Readonly<Record<string, string>>;

/** A request whose parameters are valid. */
interface Prepared {
  readonly answer: (authorized: Authorized) => Promise<Body>;
}

const Format = z.enum(['json', 'csv']).optional().meta({ description: '`csv`: todas las filas del filtro' });
const CursorText = z
  .string()
  .min(1, 'está vacío')
  .optional()
  .meta({ description: 'lo que decía `siguiente`' });

/** Defines an address of the API. */
export function defineEndpoint<S extends z.ZodRawShape, R, F = never, K = never>(
  definition: EndpointDefinition<S, R, F, K>,
): Endpoint {
  const { path, summary, description, answerSchema, csv, cursor } = definition;
  const parameters = z.strictObject(definition.parameters);
  const common = {
    ...(csv !== undefined && { formato: Format }),
    ...(cursor !== undefined && { cursor: CursorText }),
  };
  const all = z.strictObject({ ...definition.parameters, ...common });
  const names = Object.keys(all.shape);
  const CommonSchema = z.object({ formato: Format, cursor: CursorText });

  const prepare = (values: Values, fieldErrors: readonly FieldError[]): Prepared => {
    const checked = all.safeParse(values);
    const errors = [
      ...fieldErrors,
      ...(checked.error?.issues.flatMap((issue) => describeIssue(issue, names)) ?? []),
    ];
    if (errors.length > 0) throw invalidParameters(errors);
    const own = Object.fromEntries(Object.entries(values).filter(([name]) => name in parameters.shape));
    const parsed = parameters.parse(own);
    const { formato = 'json', cursor: cursorText } = CommonSchema.parse(values);
    if (formato === 'csv' && cursorText !== undefined) {
      throw invalidParameter('cursor', 'un CSV trae todas las filas: pídalo sin cursor');
    }
    const max = formato === 'csv' ? MAX_CSV_ROWS : ROWS_PER_PAGE;

    return {
      answer: async (authorized): Promise<Body> => {
        // The day too: without days in the address it decides which are asked for.
        const question = JSON.stringify([
          path,
          sortedEntries(own),
          authorized.hoy,
          scopeOf(authorized.acceso),
        ]);
        const answer = await definition.answer({
          ...authorized,
          parameters: parsed,
          limit: max + 1,
          after:
            cursorText === undefined || cursor === undefined
              ? undefined
              : readCursor(cursorText, cursor, question),
          paginate: (filas, keyOf) => {
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
          return { headers: { 'Content-Type': 'application/json' }, text: JSON.stringify(answer) };
        }
        const tienda = 'tienda' in own ? `-${authorized.tiendas.map(({ id }) => id).join('-')}` : '';
        return {
          headers: {
            'Content-Type': 'text/csv; charset=utf-8',
            'Content-Disposition': `attachment; filename="${csv.name}${tienda}-${authorized.hoy}.csv"`,
          },
          text: toCsv(csv.columns, csv.rows(answer)),
        };
      },
    };
  };
  return {
    path,
    summary,
    description,
    parameters: all,
    inPath: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    answerSchema,
    csv: csv !== undefined,
    prepare,
  };
}

/** The parameters sorted by name: the order in which they were written does not matter. */
export const sortedEntries = (values: Values): [string, string][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

/** Characters of an unknown parameter's name that an error shows. */
const MAX_NAME = 50;

function describeIssue(issue: z.core.$ZodIssue, names: readonly string[]): FieldError[] {
  const campo = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      campo: key.slice(0, MAX_NAME),
      mensaje: 'no existe',
      validos: names,
    }));
  }
  if (issue.code === 'invalid_value') {
    return [{ campo, mensaje: 'no es uno de los valores válidos', validos: issue.values.map(String) }];
  }
  return [{ campo, mensaje: issue.code === 'invalid_type' ? 'falta' : issue.message }];
}

/** The parameter `tienda`: the id of a store. */
export const tiendaParameter = Text.optional().meta({
  description: 'id de una tienda; sin él, todas las que el usuario puede ver',
});

/**
 * The days asked for, both included. With `hasta` alone the period is as long as the default; with `desde` alone it ends with the default.
 * @throws ProblemError `parametros-invalidos` for a day in the future or before all data, backwards, or too many days
 */
export function readPeriodo(
  asked: { readonly desde?: string | undefined; readonly hasta?: string | undefined },
  byDefault: Periodo,
  hoy: string,
  maxDias: number = MAX_DIAS,
): Periodo {
  const length = countDias(byDefault.desde, byDefault.hasta);
  const hasta =
    asked.hasta ?? (asked.desde === undefined ? byDefault.hasta : laterOf(asked.desde, byDefault.hasta));
  const desde =
    asked.desde ??
    (asked.hasta === undefined ? byDefault.desde : laterOf(addDias(asked.hasta, 1 - length), PRIMER_DIA));
  const errors: FieldError[] = [];
  for (const campo of ['desde', 'hasta'] as const) {
    const dia = asked[campo];
    if (dia !== undefined && (dia > hoy || dia < PRIMER_DIA)) {
      errors.push({ campo, mensaje: `debe estar entre ${PRIMER_DIA} y hoy, ${hoy}` });
    }
  }
  if (errors.length === 0 && desde > hasta) {
    errors.push({ campo: 'desde', mensaje: `no puede ser después de hasta, ${hasta}` });
  } else if (errors.length === 0 && countDias(desde, hasta) > maxDias) {
    errors.push({
      campo: 'desde',
      mensaje: `pida como mucho ${maxDias === 1 ? 'un día' : `${maxDias} días`}`,
    });
  }
  if (errors.length > 0) throw invalidParameters(errors);
  return { desde, hasta };
}

const laterOf = (a: string, b: string): string => (a > b ? a : b);
