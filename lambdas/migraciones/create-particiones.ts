import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { withClient } from './migration-session.ts';

/**
 * Creates the partitions of the history that are missing, and moves into them what had fallen into the default one. Returns their names.
 * @throws PipelineError `BD_BLOQUEO` when the history is in use for longer than a load may wait; `BD_*` otherwise
 */
export async function createParticiones(settings: DatabaseSettings): Promise<string[]> {
  return withClient(settings, async (client) => {
    const { rows } = await client.query<{ particion: string }>('SELECT crear_particiones() AS particion');
    return rows.map(({ particion }) => particion);
  });
}
