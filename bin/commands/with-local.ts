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

const DATA_DIR = fileURLToPath(new URL('../../.local', import.meta.url));

/** How `local` reaches what its questions are about: PostgreSQL and the simulator on this machine. */
export const ASKING: Asking = {
  readCatalogo,
  // The event is the scheduled one, but a person sent it.
  nameOrigen: (origen) => (origen === 'programada' ? 'local' : origen),
  withSystems: (ask) =>
    withLocal(({ database, klk }, interrupted) =>
      ask({
        readCatalogo,
        readTunables: () => readCommandConfig().tunables,
        readKlkSettings: () => Promise.resolve(KlkSettingsSchema.parse({ baseUrl: klk.baseUrl })),
        readDatabaseSettings: () => Promise.resolve(database),
        deadline: orAborted(deadlineIn(QUESTION_LIMIT_MS), interrupted),
        place: { program: 'local' },
      }),
    ),
};

/** Whatever happens to `fn`, PostgreSQL is stopped and its data are whole. */
export function withLocal(
  fn: (environment: LocalEnvironment, interrupted: AbortSignal) => Promise<void>,
): Promise<void> {
  const warn = (message: string): void => void process.stderr.write(`! ${message}\n`);
  return interruptible((interrupted) =>
    withLocalEnvironment(DATA_DIR, readCatalogo(), warn, async (environment) => {
      // Bringing everything up cannot be interrupted.
      if (!interrupted.aborted) await fn(environment, interrupted);
    }),
  );
}
