import { fileURLToPath } from 'node:url';
import { readCatalogo } from '../../lambdas/core/config/catalogo.ts';
import { readCommandConfig } from '../config.ts';
import { deadlineIn, orAborted } from '../../lambdas/core/time/deadline.ts';
import { KlkSettingsSchema } from '../../lambdas/core/klk/settings.ts';
import { withLocalEnvironment } from '../../local/environment.ts';
import type { LocalEnvironment } from '../../local/environment.ts';
import { QUESTION_LIMIT_MS } from './asking.ts';
import type { Asking } from './asking.ts';
import { interruptible } from './interruption.ts';
import { warn } from '../output/terminal.ts';

const DATA_DIR = fileURLToPath(new URL('../../.local', import.meta.url));

/** What `local` brings for its questions: PostgreSQL and the simulator on this machine. */
export const ASKING: Asking = {
  readCatalogo,
  // `local` sends the scheduled event, so its runs are recorded as `programada`.
  nameOrigen: (origen) => (origen === 'programada' ? 'local' : origen),
  withContext: (ask, limitMs = QUESTION_LIMIT_MS) =>
    withLocal(({ database, klk }, interrupted) =>
      ask({
        readCatalogo,
        readTunables: () => readCommandConfig().tunables,
        readKlkSettings: () => Promise.resolve(KlkSettingsSchema.parse({ baseUrl: klk.baseUrl })),
        readDatabaseSettings: () => Promise.resolve(database),
        deadline: orAborted(deadlineIn(limitMs), interrupted),
        place: { program: 'local' },
      }),
    ),
};

/** Runs `fn` with the local systems up. PostgreSQL is shut down cleanly afterwards, even when `fn` throws. */
export function withLocal(
  fn: (environment: LocalEnvironment, interrupted: AbortSignal) => Promise<void>,
): Promise<void> {
  return interruptible((interrupted) =>
    withLocalEnvironment(DATA_DIR, readCatalogo(), warn, async (environment) => {
      // The start cannot be interrupted, so an interruption during it is handled here.
      if (!interrupted.aborted) await fn(environment, interrupted);
    }),
  );
}
