import { stringify } from 'csv-stringify/sync';
import type { Articulo } from './schemas.ts';

/** A column: its title, and its value in a row. Numbers are written with a decimal comma. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | boolean | null | undefined;
}

/** What every row about an article in a warehouse has. */
interface ArticuloRow {
  readonly tienda: { readonly nombre: string };
  readonly almacen: string;
  readonly articulo: Articulo;
}

/** The first columns of a table of articles. */
export const ARTICULO_COLUMNS: readonly Column<ArticuloRow>[] = [
  { title: 'Tienda', value: ({ tienda }) => tienda.nombre },
  { title: 'Almacén', value: ({ almacen }) => almacen },
  { title: 'Código', value: ({ articulo }) => articulo.codigo },
  { title: 'Artículo', value: ({ articulo }) => articulo.nombre },
  { title: 'Categoría', value: ({ articulo }) => articulo.categoria },
  { title: 'Marca', value: ({ articulo }) => articulo.marca },
];

/** Text that begins so is a formula to a spreadsheet, or ends the cell. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Cells with any line break are quoted, not only those with the CRLF that ends a record. */
const LINE_END = /[\r\n]/;

/** Rows as CSV that Excel opens in Spanish: UTF-8 with a byte order mark, `;` between cells, a decimal comma. No text is a formula. */
export const toCsv = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  stringify(
    [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ value }) => toCell(value(row))))],
    { bom: true, delimiter: ';', record_delimiter: 'windows', quoted_match: LINE_END },
  );

function toCell(value: string | number | boolean | null | undefined): string {
  if (typeof value === 'number') return String(value).replace('.', ',');
  if (typeof value === 'boolean') return value ? 'sí' : 'no';
  if (typeof value !== 'string') return '';
  return FORMULA.test(value) ? `'${value}` : value;
}
