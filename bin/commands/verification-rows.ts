import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/shared/database-settings.ts';
import type { DatabaseSettings } from '../../lambdas/shared/database-settings.ts';

/** The verification query of the predecessor's manual, as it is written there. */
const VERIFICATION_QUERY = `
SELECT u.nombre as tienda, p.codigo, p.nombre as producto, ia.cantidad, ia.fecha_actualizacion
FROM inventario_actual ia
INNER JOIN ubicaciones u ON ia.ubicacion_id = u.id
INNER JOIN productos p ON ia.producto_id = p.id
ORDER BY ia.fecha_actualizacion DESC LIMIT 10`;

/** The rows of the manual's verification query. */
export async function readVerificationRows(settings: DatabaseSettings): Promise<Record<string, unknown>[]> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(VERIFICATION_QUERY);
    return rows;
  } finally {
    await client.end();
  }
}
