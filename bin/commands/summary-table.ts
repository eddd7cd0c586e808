import Table from 'cli-table3';
import type { Resumen, ResumenAlmacen, ResumenTienda } from '../../lambdas/inventario-klk/summary.ts';

const COLUMNS = [
  'Tienda',
  'Almacén',
  'Estado',
  'Extraídos',
  'Válidos',
  'Rechaz.',
  'Duplic.',
  'Inventario',
  'Conserv.',
  'Retir.',
  'Histórico',
  'ms',
];

const NUMERIC_FROM = 3;

/** A run's summary as a table for a person, errors below it. */
export function renderSummary(resumen: Resumen): string {
  const { estado, duracionMs, totales, error, tiendas } = resumen;
  const table = createTable(COLUMNS, NUMERIC_FROM);
  for (const tienda of tiendas) for (const almacen of tienda.almacenes) table.push(toRow(tienda, almacen));
  const problems = tiendas.flatMap(({ almacenes }) =>
    almacenes.flatMap(({ codigo, error }) =>
      error === undefined ? [] : [`✗ ${codigo} ${error.codigo}: ${error.mensaje}`],
    ),
  );
  const { cargadas, fallidas, omitidas } = totales;
  return [
    ...(tiendas.length > 0 ? [table.toString()] : []),
    ...problems,
    ...(resumen.motivo === undefined ? [] : [`! ${resumen.motivo}`]),
    ...(error === undefined ? [] : [`✗ ${error.codigo}: ${error.mensaje}`]),
    `Ejecución ${estado} en ${duracionMs} ms: ${totales.tiendas} tiendas, ${cargadas} cargadas, ${fallidas} fallidas, ${omitidas} omitidas`,
    '',
  ].join('\n');
}

/** Rows of a query as a table, columns as they come. */
export function renderRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const table = createTable(Object.keys(rows[0] ?? {}), Infinity);
  for (const row of rows) {
    table.push(
      Object.values(row).map((value) => (value instanceof Date ? value.toISOString() : String(value))),
    );
  }
  return `${table.toString()}\n`;
}

function createTable(head: readonly string[], numericFrom: number): Table.Table {
  return new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index < numericFrom ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
}

function toRow(tienda: ResumenTienda, almacen: ResumenAlmacen): string[] {
  const { ms } = almacen;
  const numbers = [
    almacen.extraidos,
    almacen.validos,
    almacen.rechazados,
    almacen.duplicados,
    almacen.inventario,
    almacen.conservados,
    almacen.retirados,
    almacen.historico,
    ms.extraccion + ms.transformacion + ms.carga,
  ];
  return [`${tienda.id} ${tienda.nombre}`, almacen.codigo, almacen.estado, ...numbers.map(String)];
}
