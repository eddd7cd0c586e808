import type { Client } from 'pg';
import { PipelineError } from '../shared/errors.ts';

/** Every table that our migrations create. */
const TABLAS = [
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
      WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($1::text[])
      ORDER BY relname`,
    [TABLAS],
  );
  return rows.map(({ relname }) => relname);
}

async function hasOurHistory(client: Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = 'migraciones' AND column_name = 'name'`,
  );
  if (rows.length === 0) return false;
  const history = await client.query('SELECT 1 FROM public.migraciones WHERE name = $1::text', [
    FIRST_MIGRATION,
  ]);
  return history.rows.length > 0;
}
