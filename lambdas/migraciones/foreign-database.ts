import type { Client } from 'pg';
import { PipelineError } from '../core/errors/errors.ts';

/** Every table and view that our migrations create. */
export const TABLAS = [
  'ubicaciones',
  'productos',
  'inventario_vigente',
  'inventario_versiones',
  'inventario_sin_confirmar',
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
  'ventas_tramos',
  'ventas_rechazos',
  'etl_ejecucion_ventas',
  'ventas_con_margen',
  'ventas_por_hora',
  'ventas_por_dia',
  'ventas_por_articulo',
  'cobertura_ventas',
  'descuadres_intervalos',
  'descuadres',
  'descuadres_sin_evaluar',
  'ventas_diarias',
  'ventas_horarias',
  'ventas_dias',
  'ventas_semanales',
  'inventario_resumen',
  'inventario_agotado',
  'ventas_recientes',
  'ventas_recientes_hasta',
];

const FIRST_MIGRATION = '001_dominios';

/** The first migration of the versions before 0.2.0, whose history cannot be converted. */
const FORMER_MIGRATION = '001_ubicaciones';

/**
 * Refuses a database that has tables of our names from another program, such as the predecessor, or from a version before 0.2.0.
 * @throws PipelineError `BASE_AJENA`
 */
export async function refuseForeignDatabase(client: Client): Promise<void> {
  const found = await existingTables(client);
  if (found.length === 0) return;
  const history = await readHistory(client);
  if (history === 'ours') return;
  throw new PipelineError(
    'BASE_AJENA',
    history === 'former'
      ? 'La base es de una versión anterior de este proyecto, que guardaba el histórico de otra manera y no se puede convertir; no se tocó nada'
      : `La base tiene tablas que no creó este proyecto (${found.join(', ')}); no se tocó nada`,
  );
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

async function readHistory(client: Client): Promise<'ours' | 'former' | 'none'> {
  const { rows } = await client.query<{ legible: boolean }>(
    `SELECT has_table_privilege(attrelid, 'SELECT') AS legible FROM pg_attribute
      WHERE attrelid = to_regclass('public.migraciones') AND attname = 'name' AND NOT attisdropped`,
  );
  const [historia] = rows;
  if (historia === undefined) return 'none';
  // A user that may not read the table may not migrate either, and gets that error.
  if (!historia.legible) return 'ours';
  const { rows: names } = await client.query<{ name: string }>(
    'SELECT name FROM public.migraciones WHERE name = ANY ($1::text[])',
    [[FIRST_MIGRATION, FORMER_MIGRATION]],
  );
  if (names.some(({ name }) => name === FIRST_MIGRATION)) return 'ours';
  return names.length > 0 ? 'former' : 'none';
}
