import { toHora } from '../../lambdas/core/config/locale.ts';
import type { VentaRow, VerificationRow } from '../queries/read-verification.ts';
import { toUsd } from './amounts.ts';
import { renderTable, shorten } from './table.ts';
import type { Column } from './table.ts';

/** Titles are the query's own column names. */
const COLUMNS: readonly Column<VerificationRow>[] = [
  { title: 'tienda', cell: ({ tienda }) => tienda },
  { title: 'codigo', cell: ({ codigo }) => codigo },
  { title: 'producto', cell: ({ producto }) => producto, wraps: true },
  { title: 'cantidad', cell: ({ cantidad }) => cantidad.replace('.', ','), right: true },
  { title: 'fecha_actualizacion', cell: (row) => toHora(row.fecha_actualizacion) },
];

/** The verification rows as a table. */
export const renderVerification = (rows: readonly VerificationRow[]): string =>
  `\nComprobación: las ${rows.length} existencias que se confirmaron por última vez\n${renderTable(COLUMNS, rows)}`;

const VENTAS_COLUMNS: readonly Column<VentaRow>[] = [
  { title: 'tienda', cell: ({ tienda }) => tienda },
  { title: 'numero_factura', cell: (row) => row.numero_factura },
  { title: 'producto', cell: ({ producto }) => shorten(producto, 28) },
  { title: 'cantidad', cell: (row) => row.cantidad_vendida.replace('.', ','), right: true },
  { title: 'USD', cell: (row) => toUsd(row.venta_total), right: true },
  { title: 'hora', cell: (row) => toHora(row.fecha_venta).slice(11) },
];

/** The lines of sales as a table. */
export const renderVerificationVentas = (rows: readonly VentaRow[]): string =>
  `\nComprobación: las ${rows.length} últimas líneas vendidas\n${renderTable(VENTAS_COLUMNS, rows)}`;
