import type { Logger } from '@aws-lambda-powertools/logger';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import type { Deadline } from './deadline.ts';
import type { Solicitud } from './event.ts';
import type { Antiguedad } from './runs/read-antiguedades.ts';
import type { KlkSettings } from './settings.ts';
import type { Resumen } from './summary.ts';
import type { Tunables } from './tunables.ts';

/** Everything one run needs; the settings are read late, because a dry run must not even read the database's. */
export interface Run {
  readonly ejecucionId: string;
  readonly solicitud: Solicitud;
  readonly tunables: Tunables;
  readonly deadline: Deadline;
  readonly logger: Logger;
  readonly readKlkSettings: () => Promise<KlkSettings>;
  readonly readDatabaseSettings: () => Promise<DatabaseSettings>;
  /** Told how a run ended, with the age of every warehouse where the database could say; a command publishes nothing. */
  readonly publish?: (resumen: Resumen, antiguedades: readonly Antiguedad[]) => void;
}
