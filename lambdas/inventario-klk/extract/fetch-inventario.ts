import { z } from 'zod';
import { PipelineError } from '../../core/errors/errors.ts';
import { excerpt } from '../../core/errors/excerpt.ts';
import { ARTICULOS, refuseTooMany } from '../../core/klk/answer-size.ts';
import { askKlk } from '../../core/klk/ask.ts';
import type { Asker, Retry, TakeTurn } from '../../core/klk/ask.ts';
import type { KlkRequest } from '../../core/klk/client.ts';
import { decodeJson } from '../../core/klk/decode-json.ts';
import { AnnouncedSchema, excerptOf, isBlank, parseDocumented } from '../../core/klk/documented.ts';

/** A checked answer about one warehouse: the rows as received, complete and of the right warehouse. */
export interface Answer {
  readonly articulos: readonly unknown[];
  /** Logged but never used as a time: it ends in Z but may be local time. */
  readonly fechaGeneracion: string | undefined;
  /** False when `meta` has no legible warehouse code. */
  readonly identidadConfirmada: boolean;
}

/** A checked answer, and when it was asked for. */
export interface TimedAnswer extends Answer {
  readonly extraccion: Date;
}

/** How KLK is asked for one warehouse's articles. */
export const requestArticulos = (almacen: string): KlkRequest => ({
  method: 'POST',
  ruta: 'maestra/articulos/almacen',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ Codigoalmacen: almacen }),
});

/**
 * One warehouse's inventory from KLK, repeated as `askKlk` says.
 * @throws PipelineError `KLK_*`, or the deadline's reason.
 */
export async function fetchInventario(
  asker: Asker,
  almacen: string,
  onRetry: (retry: Retry) => void,
  takeTurn: TakeTurn,
): Promise<TimedAnswer> {
  const { acceptBareList, maxBytes } = asker.limits;
  const question = {
    subject: almacen,
    request: requestArticulos(almacen),
    read: (text: string): Answer => {
      const answer = checkAnswer(decodeJson(text), almacen, acceptBareList);
      refuseTooMany(answer.articulos.length, ARTICULOS, maxBytes);
      return answer;
    },
  };
  const { answer, askedAt } = await askKlk(asker, question, onRetry, takeTurn);
  return { ...answer, extraccion: askedAt };
}

/**
 * Whether a key of `meta` holds the warehouse's code: KLK documents `almacences_filtrados` (sic), and another version may name it
 * differently. Keys for names and counts of warehouses hold no codes.
 */
const namesAlmacen = (key: string): boolean => /almacen/i.test(key) && !/nombre|total|cantidad/i.test(key);

const MetaSchema = z.looseObject({
  total_articulos: AnnouncedSchema,
  fecha_generacion: z.unknown().optional(),
});

const AnswerSchema = z.looseObject({ meta: MetaSchema, articulos: z.array(z.unknown()) });

/**
 * Checks an answer against KLK's contract, for the warehouse asked for.
 * @throws PipelineError `KLK_ERROR`, `KLK_CONTRATO`, `KLK_OTRO_ALMACEN`, `KLK_INCOMPLETA` or `KLK_VACIA`
 */
export function checkAnswer(json: unknown, almacen: string, acceptBareList: boolean): Answer {
  const answer = Array.isArray(json) ? bareList(json, acceptBareList) : documented(json, almacen);
  if (answer.articulos.length === 0) {
    throw new PipelineError(
      'KLK_VACIA',
      `KLK contestó una lista vacía para ${almacen}; vacía nunca significa sin existencias`,
    );
  }
  return answer;
}

function bareList(articulos: readonly unknown[], accepted: boolean): Answer {
  if (!accepted) {
    throw new PipelineError(
      'KLK_CONTRATO',
      'KLK contestó la lista sin meta de una versión antigua, cuya integridad no se puede comprobar (KLK_ACEPTAR_SIN_META=si la acepta)',
    );
  }
  return { articulos, fechaGeneracion: undefined, identidadConfirmada: false };
}

function documented(json: unknown, almacen: string): Answer {
  const { meta, articulos } = parseDocumented(AnswerSchema, json);
  const declared = Object.entries(meta).flatMap(([key, value]) =>
    namesAlmacen(key) && !isBlank(value) ? [value] : [],
  );
  const other = declared.find((value) => !namesOnly(value, almacen));
  if (other !== undefined) {
    throw new PipelineError(
      'KLK_OTRO_ALMACEN',
      `Se pidió ${almacen} y KLK contestó datos de ${describe(other)}`,
    );
  }
  if (meta.total_articulos !== articulos.length) {
    throw new PipelineError(
      'KLK_INCOMPLETA',
      `KLK anuncia ${meta.total_articulos} artículos y entrega ${articulos.length}`,
    );
  }
  return {
    articulos,
    fechaGeneracion: excerptOf(meta.fecha_generacion),
    identidadConfirmada: declared.length > 0,
  };
}

/** Whether a value of `meta` names this warehouse and no other. */
function namesOnly(value: unknown, almacen: string): boolean {
  const codigos = toCodigos(value);
  return codigos.length > 0 && codigos.every((codigo) => codigo === almacen);
}

/** The list is documented as a string that holds JSON; a list and other text are read too. Undefined: not a code. */
function toCodigos(value: unknown): readonly (string | undefined)[] {
  const decoded = typeof value === 'string' ? decodeText(value) : value;
  const list: readonly unknown[] = Array.isArray(decoded) ? decoded : [decoded];
  return list.map((codigo) => (typeof codigo === 'string' ? codigo.trim() : undefined));
}

/** Longer than any list of one code. A longer text is not parsed. */
const MAX_NAMES_LENGTH = 1_000;

function decodeText(text: string): unknown {
  if (text.length > MAX_NAMES_LENGTH) return undefined;
  try {
    const decoded: unknown = JSON.parse(text);
    // A code may consist of digits.
    return typeof decoded === 'number' ? text : decoded;
  } catch {
    return text.split(/[,;]/).map((part) => part.replace(/^[\s[\]"']+|[\s[\]"']+$/g, ''));
  }
}

/** The other warehouse that an answer names, short and safe to log. */
function describe(value: unknown): string {
  if (typeof value === 'string') return excerpt(value);
  const codigos = toCodigos(value).filter((codigo) => codigo !== undefined);
  return codigos.length > 0 ? excerpt(codigos.slice(0, 5).join(', ')) : 'algo que no es un código';
}
