import { toHora } from '../../lambdas/inventario-klk/hora.ts';
import type { Reader } from '../commands/remedy.ts';
import { Html, html } from './html.ts';
import type { Reporte } from './read-reporte.ts';
import {
  sectionArticulos,
  sectionEjecuciones,
  sectionFallos,
  sectionFases,
  sectionFrescura,
  sectionMovimiento,
  sectionSospechas,
} from './sections.ts';
import { STYLE } from './style.ts';
import { NUMBER } from './table.ts';

/** The report as one file that needs nothing else: no network, no scripts. Its remedies are those of `reader`. */
export async function renderReporte(reporte: Reporte, reader: Reader): Promise<string> {
  const { momento } = reporte.estado;
  const page = html`<!doctype html>
    <html lang="es">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Inventario KLK: informe de ${toHora(momento)}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>Inventario de KLK</h1>
          <p class="suave">Informe de las ${toHora(momento)}, hora de Caracas</p>
        </header>
        <main>
          ${describeFigures(reporte)} ${sectionFallos(reporte, reader)} ${await sectionFrescura(reporte)}
          ${await sectionArticulos(reporte)} ${await sectionEjecuciones(reporte)}
          ${await sectionFases(reporte)} ${await sectionMovimiento(reporte)}
          ${sectionSospechas(reporte, reader)}
        </main>
      </body>
    </html> `;
  return page.text;
}

function describeFigures({ estado, ejecuciones }: Reporte): Html {
  const { almacenes, ultimaEjecucion } = estado;
  const count = (estado?: string): number =>
    ejecuciones
      .filter((row) => estado === undefined || row.estado === estado)
      .reduce((sum, row) => sum + row.ejecuciones, 0);
  const fresh = almacenes.filter(({ frescura }) => frescura === 'al día').length;
  const total = count();
  const figures = [
    { value: ultimaEjecucion?.estado ?? 'ninguna', label: 'última ejecución' },
    { value: `${fresh} de ${almacenes.length}`, label: 'almacenes al día' },
    { value: NUMBER.format(total), label: 'ejecuciones en el último año' },
    {
      value: total === 0 ? '–' : `${NUMBER.format((100 * count('exitosa')) / total)} %`,
      label: 'exitosas del todo',
    },
  ];
  return html`<ul class="cifras">
    ${figures.map(({ value, label }) => html`<li><strong>${value}</strong><span class="suave">${label}</span></li>`)}
  </ul>`;
}
