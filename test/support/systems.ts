import type { Tienda } from '../../lambdas/core/config/catalogo.ts';
import { deadlineIn } from '../../lambdas/core/time/deadline.ts';
import { TunablesSchema, toTunables } from '../../lambdas/inventario-klk/config.ts';
import { KlkSettingsSchema } from '../../lambdas/core/klk/settings.ts';
import type { QuestionContext } from '../../lambdas/core/run/question.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** Far beyond what a question takes. */
const BUDGET_MS = 60_000;

/** Nobody listens on port 1. */
const NO_KLK = 'http://127.0.0.1:1';

/** The systems of a question, with the limits that are in force when nobody sets any. */
export const systemsOf = (
  database: DatabaseSettings,
  catalogo: readonly Tienda[],
  klkUrl: string = NO_KLK,
): QuestionContext => ({
  readCatalogo: () => catalogo,
  readTunables: () => toTunables(TunablesSchema.parse({})),
  readKlkSettings: () => Promise.resolve(KlkSettingsSchema.parse({ baseUrl: klkUrl })),
  readDatabaseSettings: () => Promise.resolve(database),
  deadline: deadlineIn(BUDGET_MS),
  place: { program: 'etl' },
});
