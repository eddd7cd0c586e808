import type { Client } from 'pg';
import type { DatabaseSettings } from '../core/postgres/settings.ts';
import { withClient } from './migration-session.ts';

/**
 * Creates the missing partitions of the history and of the sales, those of the sales from the month of `ventasDesde` on (undefined: of a
 * week ago), and moves their rows out of the default ones. Returns their names.
 * @throws PipelineError `BD_BLOQUEO` when one of the tables is in use for longer than a load may wait; `BD_*` otherwise
 */
export async function createParticiones(
  settings: DatabaseSettings,
  ventasDesde: string | undefined,
): Promise<string[]> {
  return withClient(settings, async (client) => {
    const { rows } = await client.query<{ particion: string }>(
      'SELECT crear_particiones($1::date) AS particion',
      [ventasDesde],
    );
    return rows.map(({ particion }) => particion);
  });
}

/**
 * Drops the history that ended more than `conservarMeses` months ago, and the records of the runs of that time; undefined keeps everything.
 * Returns what was dropped: the months' partitions, and how many snapshots.
 * @throws PipelineError `BD_BLOQUEO` when the history is being read or written for longer than a load may wait; `BD_*` otherwise
 */
export async function retireHistory(
  settings: DatabaseSettings,
  conservarMeses: number | undefined,
): Promise<string[]> {
  if (conservarMeses === undefined) return [];
  return withClient(settings, async (client) => {
    const retirado: string[] = [];
    for (
      let next = await retireNext(client, conservarMeses);
      next !== undefined;
      next = await retireNext(client, conservarMeses)
    ) {
      retirado.push(next);
    }
    await retireEjecuciones(client, conservarMeses);
    return retirado;
  });
}

async function retireNext(client: Client, conservarMeses: number): Promise<string | undefined> {
  const { rows } = await client.query<{ retirado: string | null }>(
    'SELECT retirar_historico($1::integer) AS retirado',
    [conservarMeses],
  );
  return rows[0]?.retirado ?? undefined;
}

/** Deletes the runs; their warehouses and rejected rows are deleted by cascade. */
async function retireEjecuciones(client: Client, conservarMeses: number): Promise<void> {
  await client.query(
    `DELETE FROM etl_ejecuciones
      WHERE inicio < (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1::integer)) AT TIME ZONE 'UTC'`,
    [conservarMeses],
  );
}
