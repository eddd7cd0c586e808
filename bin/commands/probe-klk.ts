import { z } from 'zod';
import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { toPipelineError } from '../../lambdas/core/errors/errors.ts';
import type { CodigoError } from '../../lambdas/core/errors/codes.ts';
import { askKlk } from '../../lambdas/core/klk/ask.ts';
import type { Asker } from '../../lambdas/core/klk/ask.ts';
import { decodeJson } from '../../lambdas/core/klk/decode-json.ts';
import { requestVentas } from '../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import type { VentasQuestion } from '../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import { IN_TURN, QUIETLY } from './ask-ventas.ts';

const LineaSchema = z
  .looseObject({
    numero_factura: z.string().catch(''),
    fecha: z.string().catch(''),
    hora: z.string().catch(''),
    linea: z.union([z.number(), z.string()]).catch(''),
    cantidad: z.array(z.looseObject({ cantidad_vendida: z.unknown() })).catch([]),
  })
  .catch({ numero_factura: '', fecha: '', hora: '', linea: '', cantidad: [] });

const AnswerSchema = z.looseObject({
  meta: z.looseObject({}).catch({}),
  ventas: z.array(z.unknown()).optional(),
});

/** The parts of a line that a probe reads. */
export interface ProbedLinea {
  readonly factura: string;
  readonly linea: string;
  /** `2026-11-24`. */
  readonly fecha: string;
  /** `12:19:56.8966141`. */
  readonly hora: string;
  readonly negativa: boolean;
  /** The whole line as JSON text. */
  readonly texto: string;
}

/** KLK's answer, or its error. */
export interface Probed {
  readonly pregunta: VentasQuestion;
  readonly ms: number;
  readonly bytes: number;
  /** Undefined when the answer has no list of sales. */
  readonly lineas: readonly ProbedLinea[] | undefined;
  /** What KLK repeats of the question, and adds to it. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Why there is no answer. */
  readonly error: { readonly codigo: CodigoError; readonly mensaje: string } | undefined;
}

/** Asks KLK one question and accepts any answer, also one that a load would refuse. */
export async function probe(asker: Asker, tienda: Tienda, pregunta: VentasQuestion): Promise<Probed> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const question = {
    subject: tienda.id,
    request: requestVentas(pregunta),
    read: (text: string) => ({ bytes: Buffer.byteLength(text), json: AnswerSchema.parse(decodeJson(text)) }),
  } as const;
  try {
    const { answer } = await askKlk(asker, question, QUIETLY, IN_TURN);
    const { meta, ventas } = answer.json;
    return {
      pregunta,
      ms: elapsed(),
      bytes: answer.bytes,
      lineas: ventas?.map(toLinea),
      meta,
      error: undefined,
    };
  } catch (thrown) {
    const { codigo, message } = toPipelineError(thrown);
    return {
      pregunta,
      ms: elapsed(),
      bytes: 0,
      lineas: undefined,
      meta: {},
      error: { codigo, mensaje: message },
    };
  }
}

function toLinea(fila: unknown): ProbedLinea {
  const { numero_factura, fecha, hora, linea, cantidad } = LineaSchema.parse(fila);
  return {
    factura: numero_factura,
    linea: String(linea),
    fecha,
    hora,
    negativa: Number(cantidad[0]?.cantidad_vendida) < 0,
    texto: JSON.stringify(fila),
  };
}
