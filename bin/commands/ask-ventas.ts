import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { toPipelineError } from '../../lambdas/core/errors/errors.ts';
import type { PipelineError } from '../../lambdas/core/errors/errors.ts';
import type { Asker, TakeTurn } from '../../lambdas/core/klk/ask.ts';
import { createBreaker } from '../../lambdas/core/klk/breaker.ts';
import { withKlkClient } from '../../lambdas/core/klk/client.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import { localClock } from '../../lambdas/core/time/clock.ts';
import { fetchVentas } from '../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import type { TimedAnswer } from '../../lambdas/ventas-klk/extract/fetch-ventas.ts';
import { halveTramo } from '../../lambdas/ventas-klk/tramo.ts';
import type { Tramo } from '../../lambdas/ventas-klk/tramo.ts';

/** One request at a time, so that the runs that share KLK keep their turns. */
export const IN_TURN: TakeTurn = (_intento, attempt) => attempt();

/** Retries are not reported. */
export const QUIETLY = (): void => undefined;

/** Runs `fn` with access to KLK's sales, for a question. Its breaker knows nothing of earlier runs. */
export async function withVentasAsker<T>(
  context: QuestionContext,
  tiendas: readonly Tienda[],
  fn: (asker: Asker) => Promise<T>,
): Promise<T> {
  const limits = context.readTunables().klk;
  const breaker = createBreaker(
    tiendas.map(({ id }) => id),
    { silent: new Set(), owed: new Set() },
  );
  return withKlkClient(await context.readKlkSettings(), limits, (client) =>
    fn({ client, limits, clock: localClock, breaker, deadline: context.deadline }),
  );
}

/** KLK's answer about a slice, or why there is none. */
export type TramoAnswer = Tramo & ({ readonly extraccion: TimedAnswer } | { readonly error: PipelineError });

/** Asks for a slice, and for its halves when the answer is too large. A failure is returned as such, so that it never counts as "no sales". */
export async function askTramo(asker: Asker, tienda: Tienda, tramo: Tramo): Promise<TramoAnswer[]> {
  try {
    return [{ ...tramo, extraccion: await fetchVentas(asker, tienda, tramo, QUIETLY, IN_TURN) }];
  } catch (thrown) {
    const error = toPipelineError(thrown);
    const halves = error.codigo === 'KLK_DEMASIADO_GRANDE' ? halveTramo(tramo) : undefined;
    if (halves === undefined) return [{ ...tramo, error }];
    const [first, second] = halves;
    return [...(await askTramo(asker, tienda, first)), ...(await askTramo(asker, tienda, second))];
  }
}
