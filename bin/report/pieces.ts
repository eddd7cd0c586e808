import type { TopLevelSpec } from 'vega-lite';
import { toHora } from '../../lambdas/core/config/locale.ts';
import { toLapse } from '../commands/lapse.ts';
import { drawChart } from './draw-chart.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { table } from './table.ts';

/** Widths of a drawing in pixels: beside a keyboard, and on a telephone. The style shows the one that fits. */
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

/** The numbers behind a chart, for whoever cannot see it or wants to copy them. */
export const data = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html =>
  html`<details class="datos">
    <summary>Ver los datos</summary>
    ${table(caption, head, rows)}
  </details>`;

/** Rows of a table that are shown at once; the others wait behind a click. */
const SHOWN = 15;

/** A list that leaves nothing out: what does not fit is folded away, with its number. */
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

/** Something to paste into a terminal: one click selects it whole. */
export const command = (text: string): Html => html`<code class="orden">${text}</code>`;

/** The beginning of a run's id, enough to ask `historial` for it. */
export const runId = (id: string): Html => html`<code>${id.slice(0, 8)}</code>`;

/** A moment, and how long ago it was. */
export const since = (date: Date, momento: Date): string =>
  `${toHora(date)}, hace ${toLapse((momento.getTime() - date.getTime()) / 1_000)}`;
