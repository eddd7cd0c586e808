import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { askCsv } from './ask.ts';
import type { Failure } from './ask.ts';
import { describe } from './failure.tsx';
import { toDia } from './format.ts';

/** The button that saves all rows of the filter, also those not shown, as a file for Excel. */
export function CsvButton({ path }: { readonly path: string }): JSX.Element {
  const [state, setState] = useState<'listo' | 'exportando' | { readonly refusal: string }>('listo');
  const exportCsv = async (): Promise<void> => {
    setState('exportando');
    const outcome = await askCsv(path);
    if ('kind' in outcome) {
      setState({ refusal: reasonOf(outcome) });
      return;
    }
    save(outcome.blob, outcome.name ?? nameOf(path));
    setState('listo');
  };
  return (
    <span class="csv">
      {typeof state === 'object' ? (
        <span role="alert" class="suave">
          No se exportó: {state.refusal}.
        </span>
      ) : null}
      <button
        type="button"
        class="boton"
        disabled={state === 'exportando'}
        title="Todas las filas de este filtro, en USD, para Excel"
        onClick={() => {
          void exportCsv();
        }}
      >
        {state === 'exportando' ? 'Exportando…' : 'Exportar CSV'}
      </button>
    </span>
  );
}

/** The headings of a CSV, each with the exact value of a row, in USD whatever the table shows. */
export type CsvColumns<F> = readonly (readonly [
  heading: string,
  valueOf: (fila: F) => string | number | null | undefined,
])[];

/** The button that saves the rows of a table, if the page's answer has them all. */
export const RowsCsvButton = <F,>({
  name,
  columns,
  filas,
}: {
  readonly name: string;
  readonly columns: CsvColumns<F>;
  readonly filas: readonly F[];
}): JSX.Element => (
  <button
    type="button"
    class="boton"
    title="Todas las filas de esta tabla, en USD, para Excel"
    disabled={filas.length === 0}
    onClick={() => {
      save(new Blob([toCsv(columns, filas)], { type: 'text/csv' }), `${name}-${toDia(Date.now())}.csv`);
    }}
  >
    Exportar CSV
  </button>
);

/** Rows as CSV in the API's form: UTF-8 with a byte order mark, `;` between cells, a decimal comma, and no text that Excel reads as a formula. */
function toCsv<F>(columns: CsvColumns<F>, filas: readonly F[]): string {
  const lines = [
    columns.map(([heading]) => heading),
    ...filas.map((fila) => columns.map(([, valueOf]) => toCell(valueOf(fila)))),
  ];
  return `\uFEFF${lines.map((line) => line.map(quote).join(';')).join('\r\n')}\r\n`;
}

function toCell(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value).replace('.', ',');
  return value === null || value === undefined ? '' : FORMULA.test(value) ? `'${value}` : value;
}

/** A flag as the API writes it. */
export const toYesNo = (flag: boolean | null | undefined): string | undefined => {
  if (flag === undefined || flag === null) return undefined;
  return flag ? 'sí' : 'no';
};

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const quote = (cell: string): string => (/[;"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Why there is no file: the API's refusal, if it refused. */
const reasonOf = (failure: Failure): string =>
  (failure.kind === 'problema' ? failure.problema.errores?.at(0)?.mensaje : undefined) ??
  describe(failure).title;

/** `/ventas?tienda=tienda_08` becomes `ventas-tienda_08-2026-11-29.csv`. */
function nameOf(path: string): string {
  const url = new URL(path, location.origin);
  const filter = [...url.searchParams.values()].map((value) => value.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-'));
  return `${[url.pathname.slice(1).replaceAll('/', '-'), ...filter, toDia(Date.now())].join('-')}.csv`;
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}
