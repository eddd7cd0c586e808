import { html } from './html.ts';
import type { Html } from './html.ts';

/** A table under a caption that screen readers announce; numbers stand to the right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | Html)[])[],
): Html {
  const numeric = head.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof row[index] === 'number'),
  );
  const align = (index: number): string => (numeric[index] === true ? 'numero' : '');
  return html`<div class="tabla" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((title, index) => html`<th scope="col" class="${align(index)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td class="${align(index)}">${typeof cell === 'number' ? NUMBER.format(cell) : cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Thousands apart by a dot, as the reader's other papers have them. */
export const NUMBER = new Intl.NumberFormat('es-VE', { maximumFractionDigits: 1, useGrouping: true });
