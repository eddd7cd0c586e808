import Table from 'cli-table3';
import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import { paint } from './paint.ts';

/** One column of a table: its heading, and what it shows of a row. */
export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string | number;
}

/** Rows for a person; numbers stand to the right. Ends with a line feed. */
export function renderTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const table = new Table({
    head: columns.map(({ title }) => paint('bold', title)),
    colAligns: columns.map((_, index) =>
      cells.every((row) => typeof row[index] === 'number') ? 'right' : 'left',
    ),
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells.map((row) => row.map(String)));
  return `${table.toString()}\n`;
}

/** Rows of a query, columns as they come. */
export function renderRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = Object.keys(rows[0] ?? {}).map((title) => ({
    title,
    cell: (row: Readonly<Record<string, unknown>>) => {
      const value = row[title];
      return value instanceof Date ? toHora(value) : String(value);
    },
  }));
  return renderTable(columns, rows);
}
