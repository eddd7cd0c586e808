import { stringify } from 'csv-stringify/sync';
import type { Articulo } from './schemas.ts';

/** One column: its title, and what of a row it shows. A number gets a decimal comma. */
export interface Columna<F> {
  readonly titulo: string;
  readonly valor: (fila: F) => string | number | boolean | null | undefined;
}

/** An article in a warehouse, as every row of one begins. */
interface FilaDeArticulo {
  readonly tienda: { readonly nombre: string };
  readonly almacen: string;
  readonly articulo: Articulo;
}

/** The first columns of a table of articles. */
export const COLUMNAS_DE_ARTICULO: readonly Columna<FilaDeArticulo>[] = [
  { titulo: 'Tienda', valor: ({ tienda }) => tienda.nombre },
  { titulo: 'Almacén', valor: ({ almacen }) => almacen },
  { titulo: 'Código', valor: ({ articulo }) => articulo.codigo },
  { titulo: 'Artículo', valor: ({ articulo }) => articulo.nombre },
  { titulo: 'Categoría', valor: ({ articulo }) => articulo.categoria },
  { titulo: 'Marca', valor: ({ articulo }) => articulo.marca },
];

/** What a spreadsheet would take for a formula, or for the end of a cell. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell with one of them is quoted, whichever ends the lines. */
const LINE_END = /[\r\n]/;

/** Rows as CSV that Excel opens in Spanish: UTF-8 with its mark, `;` between cells, a decimal comma. No text is a formula. */
export const toCsv = <F>(columnas: readonly Columna<F>[], filas: readonly F[]): string =>
  stringify(
    [
      columnas.map(({ titulo }) => titulo),
      ...filas.map((fila) => columnas.map(({ valor }) => toCell(valor(fila)))),
    ],
    { bom: true, delimiter: ';', record_delimiter: 'windows', quoted_match: LINE_END },
  );

function toCell(value: string | number | boolean | null | undefined): string {
  if (typeof value === 'number') return String(value).replace('.', ',');
  if (typeof value === 'boolean') return value ? 'sí' : 'no';
  if (typeof value !== 'string') return '';
  return FORMULA.test(value) ? `'${value}` : value;
}
