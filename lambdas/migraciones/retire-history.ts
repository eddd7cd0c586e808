import type { Client } from 'pg';
import type { DatabaseSettings } from '../shared/database-settings.ts';
import { withClient } from './migration-session.ts';

/**
 * Drops the months of the history that ended more than so many months ago, and the records of the runs and of the accepted snapshots of that time; without a number
 * everything is kept. Returns how many months.
 * @throws PipelineError `BD_BLOQUEO` when the history is being read or written for longer than a load may wait; `BD_*` otherwise
 */
export async function retireHistory(
  settings: DatabaseSettings,
  conservarMeses: number | undefined,
): Promise<number> {
  if (conservarMeses === undefined) return 0;
  return withClient(settings, async (client) => {
    let meses = 0;
    while (await retireParticion(client, conservarMeses)) meses += 1;
    await retireEjecuciones(client, conservarMeses);
    await retireSnapshots(client, conservarMeses);
    return meses;
  });
}

async function retireParticion(client: Client, conservarMeses: number): Promise<boolean> {
  const { rows } = await client.query<{ particion: string | null }>(
    'SELECT retirar_particion($1::integer) AS particion',
    [conservarMeses],
  );
  return typeof rows[0]?.particion === 'string';
}

/** What a run did with its warehouses and the rows it refused go with it. */
async function retireEjecuciones(client: Client, conservarMeses: number): Promise<void> {
  await client.query(
    `DELETE FROM etl_ejecuciones
      WHERE inicio < (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1::integer)) AT TIME ZONE 'UTC'`,
    [conservarMeses],
  );
}

/** The last one of each warehouse stays, however old. */
async function retireSnapshots(client: Client, conservarMeses: number): Promise<void> {
  await client.query(
    `DELETE FROM almacen_snapshots s
      WHERE extraccion < (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1::integer)) AT TIME ZONE 'UTC'
        AND EXISTS (SELECT FROM almacen_snapshots WHERE almacen_codigo = s.almacen_codigo AND extraccion > s.extraccion)`,
    [conservarMeses],
  );
}
