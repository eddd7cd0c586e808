import { describe, expect, it } from '@jest/globals';
import { toCsv } from '../../../lambdas/consultas/csv.ts';

const COLUMNS = [{ title: 'Valor', value: (fila: string | number | boolean | null) => fila }];

/** The lines below the title. */
const linesOf = (...filas: readonly (string | number | boolean | null)[]): string[] =>
  toCsv(COLUMNS, filas).split('\r\n').slice(1, -1);

describe('a CSV', () => {
  it('begins with a byte order mark and the titles, and ends its lines with CRLF', () => {
    const columns = [
      { title: 'Código', value: ({ a }: { a: string }) => a },
      { title: 'Sí', value: () => 1 },
    ];

    expect(toCsv(columns, [{ a: '000001' }])).toBe('\uFEFFCódigo;Sí\r\n000001;1\r\n');
  });

  it('writes numbers with a decimal comma, and no separator of thousands', () => {
    expect(linesOf(1234567.5, -0.25, 12, 0)).toEqual(['1234567,5', '-0,25', '12', '0']);
  });

  it('has an empty cell for an unknown value', () => {
    expect(linesOf(null)).toEqual(['']);
    expect(linesOf(true, false)).toEqual(['sí', 'no']);
  });

  it.each(['=1+1', '+1', '-1', '@A1', '\t=1', '＝1'])(
    'holds no text that a spreadsheet takes for a formula: %j',
    (text) => {
      expect(linesOf(text)[0]?.replaceAll('"', '')).toBe(`'${text}`);
    },
  );

  it.each([
    ['A;B', '"A;B"'],
    ['A "B"', '"A ""B"""'],
    ['A\nB', '"A\nB"'],
  ])('quotes what would end a cell: %j', (text, written) => {
    expect(linesOf(text)).toEqual([written]);
  });
});
