import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { askCsv } from './ask.ts';
import type { Failure } from './ask.ts';
import { describe } from './failure.tsx';
import { toDia } from './format.ts';

/** Saves all rows of the filter, not only those that are shown, as a file for Excel. */
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

/** Saves the rows of a table that are all in the page's answer, with the names and values that they have there. */
export const RowsCsvButton = ({
  name,
  filas,
}: {
  readonly name: string;
  readonly filas: readonly object[];
}): JSX.Element => (
  <button
    type="button"
    class="boton"
    title="Todas las filas de esta tabla, en USD, para Excel"
    disabled={filas.length === 0}
    onClick={() => {
      save(new Blob([toCsv(filas)], { type: 'text/csv' }), `${name}-${toDia(Date.now())}.csv`);
    }}
  >
    Exportar CSV
  </button>
);

/** Rows as the API writes a CSV: UTF-8 with its mark, `;` between cells, a decimal comma, no text that Excel would take for a formula. */
function toCsv(filas: readonly object[]): string {
  const rows = filas.map((fila) => new Map(flatten(fila)));
  const headings = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const lines = [headings, ...rows.map((row) => headings.map((heading) => row.get(heading) ?? ''))];
  return `\uFEFF${lines.map((line) => line.map(quote).join(';')).join('\r\n')}\r\n`;
}

/** The texts and numbers of a row, those of its objects too: `articulo codigo`. What is null has no field. */
function flatten(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([part, inner]) => flatten(inner, `${name} ${part}`.trim()));
  }
  if (typeof value === 'number') return [[name, String(value).replace('.', ',')]];
  if (typeof value !== 'string') return [];
  return [[name, FORMULA.test(value) ? `'${value}` : value]];
}

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const quote = (cell: string): string => (/[;"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Why there is no file: the refusal of what was asked, where there is one. */
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
