import { Client } from 'pg';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';

/** The verification query of the predecessor's manual, as it is written there. */
const VERIFICATION_QUERY = `
SELECT u.nombre as tienda, p.codigo, p.nombre as producto, ia.cantidad, ia.fecha_actualizacion
FROM inventario_actual ia
INNER JOIN ubicaciones u ON ia.ubicacion_id = u.id
INNER JOIN productos p ON ia.producto_id = p.id
ORDER BY ia.fecha_actualizacion DESC LIMIT 10`;

/** A row of the verification query; a quantity is decimal text. */
export interface VerificationRow {
  readonly tienda: string;
  readonly codigo: string;
  readonly producto: string;
  readonly cantidad: string;
  readonly fecha_actualizacion: Date;
}

/** The rows of the manual's verification query. */
export const readVerificationRows = (settings: DatabaseSettings): Promise<VerificationRow[]> =>
  query<VerificationRow>(settings, VERIFICATION_QUERY);

/** The same for the sales: the lines that were sold last. A day that has just begun has fewer than ten, so the day before is read too. */
const VENTAS_QUERY = `
SELECT u.nombre as tienda, v.numero_factura, p.nombre as producto, v.cantidad_vendida, v.venta_total, v.fecha_venta
FROM ventas v
INNER JOIN ubicaciones u ON v.ubicacion_id = u.id
INNER JOIN productos p ON v.producto_id = p.id
WHERE v.dia >= (SELECT max(dia) - 1 FROM ventas_tramos WHERE lineas > 0)
ORDER BY v.fecha_venta DESC, v.numero_factura, v.linea LIMIT 10`;

/** A line that was sold; quantity and amount are decimal text. */
export interface VentaRow {
  readonly tienda: string;
  readonly numero_factura: string;
  readonly producto: string;
  readonly cantidad_vendida: string;
  readonly venta_total: string;
  readonly fecha_venta: Date;
}

/** The lines of sales of `npm run local`'s verification. */
export const readVerificationVentas = (settings: DatabaseSettings): Promise<VentaRow[]> =>
  query<VentaRow>(settings, VENTAS_QUERY);

async function query<T extends object>(settings: DatabaseSettings, sql: string): Promise<T[]> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    const { rows } = await client.query<T>(sql);
    return rows;
  } finally {
    await client.end();
  }
}
