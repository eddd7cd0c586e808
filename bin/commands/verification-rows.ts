import { Client } from 'pg';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { toClientConfig } from '../../lambdas/core/postgres/settings.ts';
import type { DatabaseSettings } from '../../lambdas/core/postgres/settings.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

/** The verification query of the predecessor's manual, as it is written there. */
const VERIFICATION_QUERY = `
SELECT u.nombre as tienda, p.codigo, p.nombre as producto, ia.cantidad, ia.fecha_actualizacion
FROM inventario_actual ia
INNER JOIN ubicaciones u ON ia.ubicacion_id = u.id
INNER JOIN productos p ON ia.producto_id = p.id
ORDER BY ia.fecha_actualizacion DESC LIMIT 10`;

/** A row of the verification query; a quantity is decimal text. */
interface VerificationRow {
  readonly tienda: string;
  readonly codigo: string;
  readonly producto: string;
  readonly cantidad: string;
  readonly fecha_actualizacion: Date;
}

/** The rows of the manual's verification query. */
export async function readVerificationRows(settings: DatabaseSettings): Promise<VerificationRow[]> {
  const client = new Client(toClientConfig(settings));
  await client.connect();
  try {
    const { rows } = await client.query<VerificationRow>(VERIFICATION_QUERY);
    return rows;
  } finally {
    await client.end();
  }
}

/** Named as the query names them. */
const COLUMNS: readonly Column<VerificationRow>[] = [
  { title: 'tienda', cell: ({ tienda }) => tienda },
  { title: 'codigo', cell: ({ codigo }) => codigo },
  { title: 'producto', cell: ({ producto }) => producto, wraps: true },
  { title: 'cantidad', cell: ({ cantidad }) => cantidad.replace('.', ','), right: true },
  { title: 'fecha_actualizacion', cell: (row) => toHora(row.fecha_actualizacion) },
];

/** The same rows for a person. */
export const renderVerification = (rows: readonly VerificationRow[]): string =>
  `\nComprobación: las ${rows.length} existencias que se confirmaron por última vez\n${renderTable(COLUMNS, rows)}`;
