import type { Tienda } from '../../core/config/catalogo.ts';
import { LINEAS, refuseTooMany } from '../../core/klk/answer-size.ts';
import { askKlk } from '../../core/klk/ask.ts';
import type { Asker, Retry, TakeTurn } from '../../core/klk/ask.ts';
import { decodeJson } from '../../core/klk/decode-json.ts';
import type { Tramo } from '../tramo.ts';
import { checkAnswer } from './check-answer.ts';
import type { Answer, Pregunta } from './check-answer.ts';

/** A checked answer, and when it was asked for. */
export interface Extraccion extends Answer {
  readonly extraccion: Date;
}

/** KLK knows no 24:00; it may leave out what is sold in the last second of a day. */
const FIN_DEL_DIA = '23:59:59';

/** KLK filters the hours of each day by themselves: one day is asked for at a time. */
const toPregunta = ({ sucursalKlk }: Tienda, { dia, desde, hasta }: Tramo): Pregunta => ({
  sucursal: sucursalKlk,
  fecha_desde: dia,
  fecha_hasta: dia,
  hora_desde: `${desde}:00`,
  hora_hasta: hasta === '24:00' ? FIN_DEL_DIA : `${hasta}:00`,
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
): Promise<Extraccion> {
  const pregunta = toPregunta(tienda, tramo);
  const question = {
    almacen: tienda.id,
    request: {
      method: 'POST',
      ruta: 'ventas',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pregunta),
    },
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
