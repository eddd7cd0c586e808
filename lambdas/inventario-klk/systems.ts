import type { DatabaseSettings } from '../shared/database-settings.ts';
import type { Tienda } from './catalogo.ts';
import type { Deadline } from './deadline.ts';
import type { Place } from './remedy.ts';
import type { KlkSettings } from './settings.ts';
import type { Tunables } from './tunables.ts';

/**
 * Where a question finds its answer. Everything is read only when asked for, because one question needs no KLK and another no
 * database. Every reader throws ConfiguracionInvalida, and those of the Lambda's secrets PipelineError too.
 */
export interface Systems {
  readonly readCatalogo: () => readonly Tienda[];
  readonly readTunables: () => Tunables;
  readonly readKlkSettings: () => Promise<KlkSettings>;
  readonly readDatabaseSettings: () => Promise<DatabaseSettings>;
  readonly deadline: Deadline;
  /** Where whoever asks types the commands of a remedy. */
  readonly place: Place;
}
