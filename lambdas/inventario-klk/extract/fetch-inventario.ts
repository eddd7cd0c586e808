import { ARTICULOS, refuseTooMany } from '../../core/klk/answer-size.ts';
import { askKlk } from '../../core/klk/ask.ts';
import type { Asker, Retry, TakeTurn } from '../../core/klk/ask.ts';
import type { KlkRequest } from '../../core/klk/client.ts';
import { decodeJson } from '../../core/klk/decode-json.ts';
import { checkAnswer } from './check-answer.ts';
import type { Answer } from './check-answer.ts';

/** A checked answer, and when it was asked for. */
export interface Extraccion extends Answer {
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
): Promise<Extraccion> {
  const { acceptBareList, maxBytes } = asker.limits;
  const question = {
    almacen,
    request: requestArticulos(almacen),
    read: (bytes: Uint8Array): Answer => {
      const answer = checkAnswer(decodeJson(bytes), almacen, acceptBareList);
      refuseTooMany(answer.articulos.length, ARTICULOS, maxBytes);
      return answer;
    },
  };
  const { answer, askedAt } = await askKlk(asker, question, onRetry, takeTurn);
  return { ...answer, extraccion: askedAt };
}
