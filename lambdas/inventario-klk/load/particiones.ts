import type { Queryable } from './database.ts';

/** Whether versions of some month fell into the default partition because that month had none. */
export async function hasStrayVersiones(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ hay: boolean }>(
    'SELECT EXISTS (SELECT FROM inventario_versiones_default) AS hay',
  );
  return rows[0]?.hay === true;
}
