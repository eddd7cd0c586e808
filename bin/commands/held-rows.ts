import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { askDatabase } from '../../lambdas/core/run/question.ts';
import { readFrescura } from '../../lambdas/inventario-klk/questions/read-frescura.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';

/** Nobody waits longer for it: the run is over, and its table can do without. */
const WITHIN_MS = 5_000;

/** Rows that the database holds, by warehouse. */
export type HeldRows = ReadonlyMap<string, number>;

/** What every warehouse holds; nothing where the database does not say, because what ails it is told with the run. */
export async function readHeldRows(
  systems: Pick<QuestionContext, 'readDatabaseSettings' | 'readTunables'>,
): Promise<HeldRows> {
  try {
    const frescura = await askDatabase({ ...systems, deadline: deadlineIn(WITHIN_MS) }, readFrescura);
    return new Map(frescura.map(({ almacen, articulos }) => [almacen, articulos]));
  } catch {
    return new Map();
  }
}
