import type { DatabaseSettings } from '../shared/database-settings.ts';
import { withClient } from './apply-migrations.ts';

/**
 * Drops the months of the history that ended more than so many months ago; without a number everything is kept. Returns how many.
 * @throws PipelineError `BD_*`
 */
export async function retireParticiones(
  settings: DatabaseSettings,
  conservarMeses: number | undefined,
): Promise<number> {
  if (conservarMeses === undefined) return 0;
  return withClient(settings, async (client) => {
    const { rows } = await client.query<{ retiradas: number }>(
      'SELECT retirar_particiones($1::integer) AS retiradas',
      [conservarMeses],
    );
    return rows[0]?.retiradas ?? 0;
  });
}
