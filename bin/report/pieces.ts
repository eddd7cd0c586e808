import type { TopLevelSpec } from 'vega-lite';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { toLapse } from '../output/amounts.ts';
import type { Asking } from '../program/asking.ts';
import { orderOf as writeOrder } from '../program/remedy.ts';
import type { Reader } from '../program/remedy.ts';
import { drawChart } from './charts.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** Widths of a chart in pixels, on a desktop and on a telephone. The style shows the one that fits. */
const ANCHO = 1000;
const ANGOSTO = 270;

/** One part of the page, under its heading. */
export const section = (title: string, explanation: string, content: readonly Html[]): Html =>
  html`<section>
    <h2>${title}</h2>
    <p class="suave">${explanation}</p>
    ${content}
  </section>`;

/** A chart, drawn for both widths. */
export const figure = async (label: string, spec: (width: number) => TopLevelSpec): Promise<Html> =>
  html`<figure role="img" aria-label="${label}">
    <div class="ancho" aria-hidden="true">${await drawChart(spec(ANCHO))}</div>
    <div class="angosto" aria-hidden="true">${await drawChart(spec(ANGOSTO))}</div>
  </figure>`;

/** The numbers of a chart, to read without seeing it or to copy. */
export const data = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html =>
  html`<details class="datos">
    <summary>Ver los datos</summary>
    ${table(caption, head, rows)}
  </details>`;

/** Rows of a table that are shown; the others are folded. */
const SHOWN = 15;

/** A table that folds the rows after `SHOWN`, and says how many. */
export function longTable(caption: string, head: readonly string[], rows: Parameters<typeof table>[2]): Html {
  const rest = rows.slice(SHOWN);
  const first = table(caption, head, rows.slice(0, SHOWN));
  if (rest.length === 0) return first;
  return html`${first}
    <details>
      <summary>Ver ${rest.length} más</summary>
      ${table(`${caption}, continuación`, head, rest)}
    </details>`;
}

/** A command to paste into a terminal; one click selects all of it. */
export const command = (text: string): Html => html`<code class="orden">${text}</code>`;

const TONOS: Readonly<Record<string, string>> = {
  exitosa: 'bien',
  parcial: 'regular',
  fallida: 'mal',
  abandonada: 'mal',
};

/** The state of a run, in its colour. */
export const markOf = (estado: string): Html =>
  html`<span class="marca ${TONOS[estado] ?? 'neutro'}">${estado}</span>`;

/** The beginning of a run's id, enough to ask `historial` for it. */
export const runId = (id: string): Html => html`<code>${id.slice(0, 8)}</code>`;

/** A moment, and how long ago it was. */
export const since = (date: Date, momento: Date): string =>
  `${toHora(date)}, hace ${toLapse((momento.getTime() - date.getTime()) / 1_000)}`;

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

// One element, so that a card keeps the whole cell beside its heading.
const toCell = (cell: Cell): Html =>
  html`<div>${typeof cell === 'number' ? NUMBER.format(cell) : cell}</div>`;

/** Characters that fit into half the width of a card. */
const HALF = 24;

const classOf = (cell: Cell, align: string): string =>
  typeof cell === 'string' && cell.length > HALF ? 'largo' : align;

// The same format as `toDecimal`, without trailing zeros.
const NUMBER = new Intl.NumberFormat('es-VE', { maximumFractionDigits: 1, useGrouping: false });

/** The program that makes the report: where its commands are typed, and its names of the origins of a run. */
export interface Program extends Reader, Pick<Asking, 'nameOrigen'> {}

/** A command of that program about the inventory. */
export const orderOf = ({ place }: Program, ...args: readonly string[]): string =>
  writeOrder(place, 'inventario', ...args);

/** A command of that program about the sales. */
export const orderOfVentas = ({ place }: Program, ...args: readonly string[]): string =>
  writeOrder(place, 'ventas', ...args);
