import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { renderTable, shorten } from '../../../bin/output/table.ts';
import type { Column } from '../../../bin/output/table.ts';

interface Row {
  readonly texto: string;
  readonly numero?: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Texto', cell: ({ texto }) => texto, wraps: true },
  { title: 'Número', cell: ({ numero }) => numero },
];

const render = (rows: readonly Row[], notesOf?: (row: Row) => readonly string[]): string[] =>
  stripVTControlCharacters(renderTable(COLUMNS, rows, notesOf)).split('\n');

describe('a table', () => {
  it('aligns numbers to the right, has a dash for a missing value, and no blanks at the end of a line', () => {
    expect(render([{ texto: 'uno', numero: 1 }, { texto: 'ninguno' }])).toEqual([
      'Texto    Número',
      '──────── ───────',
      'uno           1',
      'ninguno       -',
      '',
    ]);
  });

  it('is at most as wide as a terminal, and wraps longer texts without a loss', () => {
    const texto = `${'palabra '.repeat(20)}${'x'.repeat(100)}`;
    const lines = render([{ texto, numero: 1 }], () => [`nota ${texto}`]);
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
    expect(lines.join('').split('palabra')).toHaveLength(41);
    // 'Texto' has one too.
    expect(lines.join('').split('x')).toHaveLength(202);
  });

  it('has the notes of a row below it, and no line for an empty note', () => {
    const lines = render(
      [
        { texto: 'a', numero: 1 },
        { texto: 'b', numero: 2 },
      ],
      ({ texto }) => ['', texto === 'a' ? 'una nota' : ''],
    );
    expect(lines.slice(2, 5)).toEqual(['a           1', '  una nota', 'b           2']);
  });
});

describe('a shortened text', () => {
  it.each([
    ['abc', 'abc'],
    ['abcd', 'ab…'],
    ['ab😀d', 'ab…'],
    ['a😀', 'a😀'],
  ])('has at most 3 characters, the last of them an ellipsis if it was longer: %s', (text, shown) => {
    expect(shorten(text, 3)).toBe(shown);
  });
});
