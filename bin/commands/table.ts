import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { paint } from './paint.ts';
import { TERMINAL_WIDTH, wrap } from './wrap.ts';

/** One column of a table: its heading, and what it shows of a row. */
export interface Column<T> {
  readonly title: string;
  /** Undefined where there is nothing to show. */
  readonly cell: (row: T) => string | number | undefined;
  /** Stands to the right even where it is no number. */
  readonly right?: true;
  /** Of at most one column: goes on below, so that the table is no wider than a terminal. */
  readonly wraps?: true;
}

const NOTHING = '-';

/** Blanks between two columns: one belongs to the cell before, the other stands for the frame. */
const GAP = 2;

/** How far a note stands to the right, and the least width that a column is squeezed to. */
const INDENT = 2;
const MIN_WIDTH = 10;

/** A table without frames: every column that fits beside the others is worth more. */
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

/** Rows for a person, on at most 80 columns, numbers to the right. Notes that are not empty stand below their row. Ends with a line feed. */
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
      const content = wrap(note, lineWidth(widths) - INDENT);
      table.push([{ colSpan: columns.length, content, style: { 'padding-left': INDENT } }]);
    }
  }
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

/** As wide as what they hold; the column that wraps gives way to the others. */
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

/** The line below the headings is the longest: it has no frame to end at. */
const lineWidth = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + GAP, -1);

/** A text that is cut off at the end, visibly, where it is too long. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}
