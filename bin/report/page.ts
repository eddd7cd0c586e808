import { toHora } from '../../lambdas/core/config/locale.ts';
import { sectionCobertura } from './coverage.ts';
import { sectionFallando, sectionRecuperados } from './failing.ts';
import { Html, html } from './html.ts';
import type { Program } from './pieces.ts';
import type { Reporte } from './read-reporte.ts';
import {
  sectionCrecimiento,
  sectionEjecuciones,
  sectionFases,
  sectionMovimiento,
  sectionRechazos,
  sectionRecientes,
} from './sections.ts';
import { describeState } from './state.ts';
import { sectionTiendas } from './stores.ts';
import { sectionDescuadres, sectionVentasPorDia, sectionVentasRecientes } from './ventas.ts';
import { STYLE } from './style.ts';

/** The report as one file without scripts, which needs no network. */
export async function renderReporte(reporte: Reporte, program: Program): Promise<string> {
  const { momento } = reporte.estado;
  const page = html`<!doctype html>
    <html lang="es">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Inventario y ventas KLK: informe del ${toHora(momento)}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>Inventario y ventas de KLK</h1>
          <p class="suave">Informe del ${toHora(momento)}. Todas las horas son de Caracas.</p>
        </header>
        <main>
          ${describeState(reporte, program)} ${sectionFallando(reporte, program)} ${sectionTiendas(reporte)}
          ${sectionCobertura(reporte, program)} ${await sectionVentasPorDia(reporte, program)}
          ${sectionDescuadres(reporte)} ${sectionVentasRecientes(reporte, program)}
          ${sectionRechazos(reporte, program)} ${sectionRecientes(reporte, program)}
          ${sectionRecuperados(reporte)} ${await sectionEjecuciones(reporte)} ${await sectionFases(reporte)}
          ${await sectionMovimiento(reporte)} ${await sectionCrecimiento(reporte)}
        </main>
      </body>
    </html> `;
  return page.text;
}
