import type { Tienda } from '../../lambdas/inventario-klk/catalogo.ts';
import { deadlineIn } from '../../lambdas/inventario-klk/deadline.ts';
import { TunablesSchema } from '../../lambdas/inventario-klk/env-schemas.ts';
import { KlkSettingsSchema } from '../../lambdas/inventario-klk/settings.ts';
import type { Systems } from '../../lambdas/inventario-klk/systems.ts';
import { toTunables } from '../../lambdas/inventario-klk/tunables.ts';
import type { DatabaseSettings } from '../../lambdas/shared/database-settings.ts';

/** Far beyond what a question takes. */
const BUDGET_MS = 60_000;

/** Nobody listens on port 1. */
const NO_KLK = 'http://127.0.0.1:1';

/** The systems of a question, with the limits that are in force when nobody sets any. */
export const systemsOf = (
  database: DatabaseSettings,
  catalogo: readonly Tienda[],
  klkUrl: string = NO_KLK,
): Systems => ({
  readCatalogo: () => catalogo,
  readTunables: () => toTunables(TunablesSchema.parse({})),
  readKlkSettings: () => Promise.resolve(KlkSettingsSchema.parse({ baseUrl: klkUrl })),
  readDatabaseSettings: () => Promise.resolve(database),
  deadline: deadlineIn(BUDGET_MS),
  place: { program: 'etl' },
});
