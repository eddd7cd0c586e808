import type { Queryable } from './database.ts';

/** Creating a partition locks the history; a load must not queue behind that for long. */
const LOCK_TIMEOUT = '2s';

/** Creates the coming months' partitions of the history. Call it inside a transaction of its own. */
export async function createParticiones(client: Queryable): Promise<void> {
  await Promise.all([
    client.query(`SELECT set_config('lock_timeout', $1::text, true)`, [LOCK_TIMEOUT]),
    client.query('SELECT crear_particiones()'),
  ]);
}

/** Whether rows of some month fell into the default partition because that month had none. */
export async function hasStrayHistorico(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ hay: boolean }>(
    'SELECT EXISTS (SELECT FROM inventario_historico_default) AS hay',
  );
  return rows[0]?.hay === true;
}
