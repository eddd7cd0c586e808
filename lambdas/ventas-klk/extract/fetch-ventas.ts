import { z } from 'zod';
import type { Tienda } from '../../core/config/catalogo.ts';
import { PipelineError } from '../../core/errors/errors.ts';
import { LINEAS, refuseTooMany } from '../../core/klk/answer-size.ts';
import { askKlk } from '../../core/klk/ask.ts';
import type { Asker, Retry, TakeTurn } from '../../core/klk/ask.ts';
import type { KlkRequest } from '../../core/klk/client.ts';
import { decodeJson } from '../../core/klk/decode-json.ts';
import { AnnouncedSchema, excerptOf, isBlank, parseDocumented } from '../../core/klk/documented.ts';
import type { Tramo } from '../tramo.ts';

/** What KLK is asked for, under KLK's own names, some of which it repeats in `meta`. */
export interface VentasQuestion {
  readonly sucursal: string;
  readonly fecha_desde: string;
  readonly fecha_hasta: string;
  readonly hora_desde: string;
  readonly hora_hasta: string;
}

/** A checked answer about one slice: the lines as received, complete and of the right slice. */
export interface Answer {
  readonly lineas: readonly unknown[];
}

/** A checked answer, and when it was asked for. */
export interface TimedAnswer extends Answer {
  readonly extraccion: Date;
}

/** KLK does not accept 24:00; it may leave out what is sold in the last second of a day. */
const FIN_DEL_DIA = '23:59:59';

/** KLK filters the hours of each day separately, so one day is asked for at a time. */
const toQuestion = ({ sucursalKlk }: Tienda, { dia, desde, hasta }: Tramo): VentasQuestion => ({
  sucursal: sucursalKlk,
  fecha_desde: dia,
  fecha_hasta: dia,
  hora_desde: `${desde}:00`,
  hora_hasta: hasta === '24:00' ? FIN_DEL_DIA : `${hasta}:00`,
});

/** Asks for lines of sales. */
export const requestVentas = (pregunta: VentasQuestion): KlkRequest => ({
  method: 'POST',
  ruta: 'ventas',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(pregunta),
});

/**
 * The sales of one slice from KLK, repeated as `askKlk` says.
 * @throws PipelineError `KLK_*`, or the deadline's reason.
 */
export async function fetchVentas(
  asker: Asker,
  tienda: Tienda,
  tramo: Tramo,
  onRetry: (retry: Retry) => void,
  takeTurn: TakeTurn,
): Promise<TimedAnswer> {
  const pregunta = toQuestion(tienda, tramo);
  const question = {
    subject: tienda.id,
    request: requestVentas(pregunta),
    read: (text: string): Answer => {
      const answer = checkAnswer(decodeJson(text), pregunta);
      refuseTooMany(answer.lineas.length, LINEAS, asker.limits.maxBytes);
      return answer;
    },
    // The halves of the slice are asked for instead.
    final: ['KLK_DEMASIADO_GRANDE'],
  } as const;
  const { answer, askedAt } = await askKlk(asker, question, onRetry, takeTurn);
  return { ...answer, extraccion: askedAt };
}

const MetaSchema = z.looseObject({
  total_registros: AnnouncedSchema,
  fecha_generacion: z.unknown().optional(),
});

const AnswerSchema = z.looseObject({ meta: MetaSchema, ventas: z.array(z.unknown()) });

/**
 * Checks an answer against KLK's contract and against what was asked.
 * @throws PipelineError `KLK_ERROR`, `KLK_CONTRATO`, `KLK_OTRA_SUCURSAL`, `KLK_OTRO_TRAMO` or `KLK_INCOMPLETA`
 */
export function checkAnswer(json: unknown, pregunta: VentasQuestion): Answer {
  const { meta, ventas } = parseDocumented(AnswerSchema, json);
  refuseOtherSucursal(meta['sucursal_codigo'], pregunta.sucursal);
  for (const key of ['fecha_desde', 'fecha_hasta'] as const) refuseOther(key, meta[key], pregunta[key]);
  for (const key of ['hora_desde', 'hora_hasta'] as const) {
    refuseOther(key, toMinute(meta[key]), toMinute(pregunta[key]));
  }
  // The question names no article and no warehouse.
  for (const key of ['CodArticulo', 'almacen']) if (!isBlank(meta[key])) refuseOther(key, meta[key], '');
  if (meta.total_registros !== ventas.length) {
    throw new PipelineError(
      'KLK_INCOMPLETA',
      `KLK anuncia ${meta.total_registros} líneas y entrega ${ventas.length}`,
    );
  }
  return { lineas: ventas };
}

function refuseOtherSucursal(echo: unknown, asked: string): void {
  if (isBlank(echo)) throw otroTramo('sucursal_codigo', asked, echo);
  if (typeof echo === 'string' && echo.trim() === asked) return;
  throw new PipelineError(
    'KLK_OTRA_SUCURSAL',
    `Se pidió la sucursal ${asked} y KLK contestó las ventas de ${describe(echo)}`,
  );
}

function refuseOther(key: string, echo: unknown, asked: unknown): void {
  if (typeof echo !== 'string' || echo.trim() !== asked) throw otroTramo(key, asked, echo);
}

/** `12:00`, of `12:00` and of `12:00:00`: KLK repeats hours without their seconds. */
const toMinute = (hora: unknown): unknown =>
  typeof hora === 'string' && /^\s*\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*$/.test(hora)
    ? hora.trim().slice(0, 5)
    : hora;

const otroTramo = (key: string, asked: unknown, echo: unknown): PipelineError =>
  new PipelineError(
    'KLK_OTRO_TRAMO',
    `Se pidió ${key} ${describe(asked)} y KLK contestó ${isBlank(echo) ? 'sin decirlo' : describe(echo)}`,
  );

const describe = (value: unknown): string => excerptOf(value) ?? 'algo que no es un texto';
