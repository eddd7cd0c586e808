import type { Queryable } from '../postgres/connection.ts';
import type { Flujo } from './flujo.ts';

const HAS_ROWS: Readonly<Record<Flujo, string>> = {
  inventario: 'SELECT EXISTS (SELECT FROM inventario_versiones_default) AS hay',
  ventas: 'SELECT EXISTS (SELECT FROM ventas_default) AS hay',
};

/** Whether the default partition of a pipeline's table holds rows: their month had no partition. */
export async function hasStrayRows(client: Queryable, flujo: Flujo): Promise<boolean> {
  const { rows } = await client.query<{ hay: boolean }>(HAS_ROWS[flujo]);
  return rows[0]?.hay === true;
}
