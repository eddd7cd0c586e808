import { html } from './html.ts';
import type { Html } from './html.ts';

type Cell = string | number | Html;

/**
 * A table under a caption that screen readers announce; numbers stand to the right. On a narrow screen each row becomes a card that
 * repeats the headings. The roles are spelled out because browsers forget them when the style turns a row into a block.
 */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const numeric = head.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof row[index] === 'number'),
  );
  const align = (index: number): string => (numeric[index] === true ? 'numero' : '');
  return html`<table role="table" aria-label="${caption}">
    <thead role="rowgroup">
      <tr role="row">
        ${head.map((title, index) => html`<th role="columnheader" scope="col" class="${align(index)}">${title}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            ${row.map(
              (cell, index) =>
                html`<td
                  role="cell"
                  class="${classOf(cell, align(index))}"
                  data-titulo="${head[index] ?? ''}"
                >
                  ${toCell(cell)}
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

// One element, so that a card keeps what belongs together beside its heading.
const toCell = (cell: Cell): Html =>
  html`<div>${typeof cell === 'number' ? NUMBER.format(cell) : cell}</div>`;

/** Characters that fit into half a card. */
const HALF = 24;

const classOf = (cell: Cell, align: string): string =>
  typeof cell === 'string' && cell.length > HALF ? 'largo' : align;

// As the commands write numbers, see numero.ts.
const NUMBER = new Intl.NumberFormat('es-VE', { maximumFractionDigits: 1, useGrouping: false });
