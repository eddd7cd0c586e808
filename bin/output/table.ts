import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { paint, TERMINAL_WIDTH, wrap } from './terminal.ts';

/** One column of a table: its heading, and what it shows of a row. */
export interface Column<T> {
  readonly title: string;
  /** Undefined where there is nothing to show. */
  readonly cell: (row: T) => string | number | undefined;
  /** Aligned to the right even where it is no number. */
  readonly right?: true;
  /** Wraps, so that the table fits the terminal. At most one column may. */
  readonly wraps?: true;
}

const NOTHING = '-';

/** Blanks between two columns: one is the padding of the cell before, the other replaces the frame. */
const GAP = 2;

/** Indent of a note, and the least width of the column that wraps. */
const INDENT = 2;
const MIN_WIDTH = 10;

/** No frame: its width is better spent on columns. */
const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': ' ',
  right: '',
  'right-mid': '',
  middle: ' ',
};

/** A table at most 80 characters wide, numbers to the right, each row followed by its non-empty notes. Ends with a line feed. */
export function renderTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  notesOf: (row: T) => readonly string[] = () => [],
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = fitWidths(columns, cells);
  const table = new Table({
    head: columns.map(({ title }) => paint('bold', title)),
    colWidths: widths.map((width) => width + GAP - 1),
    colAligns: columns.map(({ right }, index) =>
      right === true || cells.every((row) => typeof row[index] !== 'string') ? 'right' : 'left',
    ),
    chars: CHARS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': GAP - 1 },
  });
  for (const [index, row] of rows.entries()) {
    table.push(
      (cells[index] ?? []).map((cell, column) => {
        const text = String(cell ?? NOTHING);
        return columns[column]?.wraps === true ? wrap(text, widths[column]) : text;
      }),
    );
    for (const note of notesOf(row).filter((text) => text !== '')) {
      const content = wrap(note, lineWidth(widths) - INDENT - (GAP - 1));
      table.push([{ colSpan: columns.length, content, style: { 'padding-left': INDENT } }]);
    }
  }
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

/** Each column is as wide as its content; the column that wraps gets what is left. */
function fitWidths<T>(
  columns: readonly Column<T>[],
  cells: readonly (readonly (string | number | undefined)[])[],
): number[] {
  const widthOf = (text: string | number | undefined): number =>
    stripVTControlCharacters(String(text ?? NOTHING)).length;
  const natural = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => widthOf(row[index]))),
  );
  const excess = lineWidth(natural) - TERMINAL_WIDTH;
  return natural.map((width, index) =>
    columns[index]?.wraps === true && excess > 0 ? Math.max(width - excess, MIN_WIDTH) : width,
  );
}

/** Width of the line below the headings, which is the longest. */
const lineWidth = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + GAP, -1);

/** A text cut to `length` characters, the last one an ellipsis when it was longer. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}
