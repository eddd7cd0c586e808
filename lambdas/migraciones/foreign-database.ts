import type { Client } from 'pg';
import { PipelineError } from '../shared/errors.ts';

/** Every table that our migrations create. */
export const TABLAS = [
  'ubicaciones',
  'productos',
  'inventario_actual',
  'inventario_historico',
  'usuarios',
  'configuraciones',
  'ventas',
  'pedidos_sugeridos',
  'pedidos_productos',
  'almacenes',
  'almacen_snapshots',
  'etl_ejecuciones',
  'etl_ejecucion_almacenes',
  'etl_rechazos',
];

const FIRST_MIGRATION = '001_ubicaciones';

/**
 * Refuses a database whose tables of our names were made by somebody else, such as the predecessor's.
 * @throws PipelineError `BASE_AJENA`
 */
export async function refuseForeignDatabase(client: Client): Promise<void> {
  const found = await existingTables(client);
  if (found.length > 0 && !(await hasOurHistory(client))) {
    throw new PipelineError(
      'BASE_AJENA',
      `La base tiene tablas que no creó este proyecto (${found.join(', ')}); no se tocó nada`,
    );
  }
}

async function existingTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_class
      WHERE relnamespace = to_regnamespace('public') AND relname = ANY ($1::text[])
      ORDER BY relname`,
    [TABLAS],
  );
  return rows.map(({ relname }) => relname);
}

async function hasOurHistory(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ legible: boolean }>(
    `SELECT has_table_privilege(attrelid, 'SELECT') AS legible FROM pg_attribute
      WHERE attrelid = to_regclass('public.migraciones') AND attname = 'name' AND NOT attisdropped`,
  );
  const [historia] = rows;
  if (historia === undefined) return false;
  // Who may not read it may not migrate either, and is told so.
  if (!historia.legible) return true;
  const history = await client.query('SELECT 1 FROM public.migraciones WHERE name = $1::text', [
    FIRST_MIGRATION,
  ]);
  return history.rows.length > 0;
}
